package dev.insitu.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides what part of a representation a request gets (RFC 9110, sections 13 and 14). Pure.
 *
 * <p>A malformed {@code Range} or an unknown unit is passed over, as the standard allows; ranges
 * that are all outside, too many, or together larger than the whole are refused, because answering
 * them would let a small request cost a large answer.
 */
final class ByteRanges {

  /** Most ranges of one request. */
  static final int MAX_RANGES = 64;

  private static final Pattern SPEC = Pattern.compile("(\\d{0,19})-(\\d{0,19})");

  private ByteRanges() {}

  /** Bytes {@code first} to {@code last}, both included. */
  record ByteRange(long first, long last) {

    long length() {
      return last - first + 1;
    }

    /** As in {@code Content-Range}. */
    String contentRange(long size) {
      return "bytes " + first + "-" + last + "/" + size;
    }
  }

  /** What the request gets. */
  sealed interface Answer {

    /** 200 with everything. */
    record Whole() implements Answer {}

    /** 206 with one or several ranges, in the order asked for. */
    record Parts(List<ByteRange> ranges) implements Answer {}

    /** 304: the client has it. */
    record NotModified() implements Answer {}

    /** 412: it is not what the client expects. */
    record PreconditionFailed() implements Answer {}

    /** 416. */
    record Unsatisfiable() implements Answer {}
  }

  /**
   * The header fields that matter.
   *
   * @param range {@code Range}
   * @param ifRange {@code If-Range}
   * @param ifMatch {@code If-Match}
   * @param ifNoneMatch {@code If-None-Match}
   */
  record Conditions(
      Optional<String> range,
      Optional<String> ifRange,
      Optional<String> ifMatch,
      Optional<String> ifNoneMatch) {}

  /**
   * Evaluates the conditions in the standard's order.
   *
   * @param etag the strong entity tag with its quotes
   * @param size bytes of the representation
   */
  static Answer answer(Conditions conditions, String etag, long size) {
    if (conditions.ifMatch().isPresent() && !matches(conditions.ifMatch().get(), etag, false)) {
      return new Answer.PreconditionFailed();
    }
    if (conditions.ifNoneMatch().isPresent()
        && matches(conditions.ifNoneMatch().get(), etag, true)) {
      return new Answer.NotModified();
    }
    if (conditions.range().isEmpty() || !ifRangeHolds(conditions.ifRange(), etag)) {
      return new Answer.Whole();
    }
    return parse(conditions.range().get(), size);
  }

  /**
   * Only a strong tag that is equal holds; dates never do, since no {@code Last-Modified} is sent.
   */
  private static boolean ifRangeHolds(Optional<String> ifRange, String etag) {
    return ifRange.isEmpty() || ifRange.get().trim().equals(etag);
  }

  private static boolean matches(String tags, String etag, boolean weak) {
    for (String tag : tags.split(",", -1)) {
      String trimmed = tag.trim();
      if (trimmed.equals("*") || trimmed.equals(etag) || weak && trimmed.equals("W/" + etag)) {
        return true;
      }
    }
    return false;
  }

  private static Answer parse(String header, long size) {
    String text = header.trim();
    if (!text.regionMatches(true, 0, "bytes=", 0, 6)) {
      return new Answer.Whole();
    }
    String[] specs = text.substring(6).split(",", MAX_RANGES + 2);
    if (specs.length > MAX_RANGES) {
      return new Answer.Unsatisfiable();
    }
    List<ByteRange> ranges = new ArrayList<>();
    for (String spec : specs) {
      Matcher matcher = SPEC.matcher(spec.trim());
      if (!matcher.matches() || !wellFormed(matcher.group(1), matcher.group(2))) {
        return new Answer.Whole();
      }
      resolve(matcher.group(1), matcher.group(2), size).ifPresent(ranges::add);
    }
    long sum = 0;
    for (ByteRange range : ranges) {
      sum += range.length();
      if (sum > size) {
        return new Answer.Unsatisfiable();
      }
    }
    return ranges.isEmpty() ? new Answer.Unsatisfiable() : new Answer.Parts(List.copyOf(ranges));
  }

  private static boolean wellFormed(String first, String last) {
    if (first.isEmpty() || last.isEmpty()) {
      return !(first.isEmpty() && last.isEmpty());
    }
    return saturating(first) <= saturating(last);
  }

  private static Optional<ByteRange> resolve(String first, String last, long size) {
    if (first.isEmpty()) {
      long suffix = Math.min(saturating(last), size);
      return suffix == 0 ? Optional.empty() : Optional.of(new ByteRange(size - suffix, size - 1));
    }
    long from = saturating(first);
    if (from >= size) {
      return Optional.empty();
    }
    return Optional.of(
        new ByteRange(from, last.isEmpty() ? size - 1 : Math.min(saturating(last), size - 1)));
  }

  /** At most 19 digits, so the value may pass 2^63 - 1: then it is beyond any size anyway. */
  private static long saturating(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
