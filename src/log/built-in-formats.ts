/**
 * The formats that an option names instead of spelling them out, as format texts.
 *
 * Source: HAProxy configuration manual, sections 8.2.2 to 8.2.5.
 */
export const BuiltInFormat = {
  TCP: "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq",
  HTTP:
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc " +
    "%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r",
  HTTP_CLF:
    '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta ' +
    "%tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl",
} as const;
