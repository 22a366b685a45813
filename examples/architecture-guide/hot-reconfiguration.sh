#!/bin/sh
# Replaces a running process by one with another configuration, or goes back when that one is refused.
# The new configuration is $CONFIG.new. Exits with 0 on success.
SLUICE=${SLUICE:-sluice}
CONFIG=${CONFIG:-/etc/haproxy/config}
PIDFILE=${PIDFILE:-/var/run/haproxy.pid}

# save previous state
mv "$CONFIG" "$CONFIG.old"
mv "$PIDFILE" "$PIDFILE.old"

mv "$CONFIG.new" "$CONFIG"
# shellcheck disable=SC2046
kill -TTOU $(cat "$PIDFILE.old")
if "$SLUICE" -p "$PIDFILE" -f "$CONFIG"; then
  echo "New instance successfully loaded, stopping previous one."
  # shellcheck disable=SC2046
  kill -USR1 $(cat "$PIDFILE.old")
  rm -f "$PIDFILE.old"
  exit 0
else
  echo "New instance failed to start, resuming previous one."
  # shellcheck disable=SC2046
  kill -TTIN $(cat "$PIDFILE.old")
  rm -f "$PIDFILE"
  mv "$PIDFILE.old" "$PIDFILE"
  mv "$CONFIG" "$CONFIG.new"
  mv "$CONFIG.old" "$CONFIG"
  exit 1
fi
