/** Error numbers of Linux that the program tells apart (the same on x86-64 and arm64). */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  EPIPE: 32,
  ENAMETOOLONG: 36,
  ENOTSOCK: 88,
  EMSGSIZE: 90,
  EPROTO: 71,
  EPROTONOSUPPORT: 93,
  EAFNOSUPPORT: 97,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENETUNREACH: 101,
  ECONNABORTED: 103,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTDOWN: 112,
  EHOSTUNREACH: 113,
  EALREADY: 114,
  EINPROGRESS: 115,
} as const;

const TEXTS = new Map<number, string>([
  [Errno.EPERM, "Operation not permitted"],
  [Errno.ENOENT, "No such file or directory"],
  [Errno.EINTR, "Interrupted system call"],
  [Errno.EIO, "Input/output error"],
  [Errno.EBADF, "Bad file descriptor"],
  [Errno.EAGAIN, "Resource temporarily unavailable"],
  [Errno.ENOMEM, "Cannot allocate memory"],
  [Errno.EACCES, "Permission denied"],
  [Errno.EFAULT, "Bad address"],
  [Errno.EEXIST, "File exists"],
  [Errno.ENODEV, "No such device"],
  [Errno.ENOTDIR, "Not a directory"],
  [Errno.EINVAL, "Invalid argument"],
  [Errno.ENFILE, "Too many open files in system"],
  [Errno.EMFILE, "Too many open files"],
  [Errno.EPIPE, "Broken pipe"],
  [Errno.ENAMETOOLONG, "File name too long"],
  [Errno.ENOTSOCK, "Socket operation on non-socket"],
  [Errno.EMSGSIZE, "Message too long"],
  [Errno.EPROTO, "Protocol error"],
  [Errno.EPROTONOSUPPORT, "Protocol not supported"],
  [Errno.EAFNOSUPPORT, "Address family not supported by protocol"],
  [Errno.EADDRINUSE, "Address already in use"],
  [Errno.EADDRNOTAVAIL, "Cannot assign requested address"],
  [Errno.ENETDOWN, "Network is down"],
  [Errno.ENETUNREACH, "Network is unreachable"],
  [Errno.ECONNABORTED, "Software caused connection abort"],
  [Errno.ECONNRESET, "Connection reset by peer"],
  [Errno.ENOBUFS, "No buffer space available"],
  [Errno.EISCONN, "Transport endpoint is already connected"],
  [Errno.ENOTCONN, "Transport endpoint is not connected"],
  [Errno.ETIMEDOUT, "Connection timed out"],
  [Errno.ECONNREFUSED, "Connection refused"],
  [Errno.EHOSTDOWN, "Host is down"],
  [Errno.EHOSTUNREACH, "No route to host"],
  [Errno.EALREADY, "Operation already in progress"],
  [Errno.EINPROGRESS, "Operation now in progress"],
]);

/** The system's own words for an error number, such as "Connection refused". */
export function errnoText(code: number): string {
  return TEXTS.get(Math.abs(code)) ?? `Unknown error ${Math.abs(code)}`;
}

/** The symbol of an error number, such as "ECONNREFUSED". */
export function errnoName(code: number): string {
  const positive = Math.abs(code);
  for (const [name, value] of Object.entries(Errno)) if (value === positive) return name;
  return `errno ${positive}`;
}
