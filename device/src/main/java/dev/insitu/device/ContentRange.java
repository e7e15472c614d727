package dev.insitu.device;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a partial answer says it holds: {@code Content-Range: bytes first-last/total}.
 *
 * @param first first byte
 * @param last last byte
 * @param total bytes of the whole; -1 if it is not said
 */
record ContentRange(long first, long last, long total) {

  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  /** The range of a header field; empty if it is not well-formed. */
  static Optional<ContentRange> parse(String header) {
    Matcher matcher = FORM.matcher(header.trim());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long first = Long.parseLong(matcher.group(1));
    long last = Long.parseLong(matcher.group(2));
    String total = matcher.group(3);
    return last < first
        ? Optional.empty()
        : Optional.of(
            new ContentRange(first, last, total.equals("*") ? -1 : Long.parseLong(total)));
  }
}
