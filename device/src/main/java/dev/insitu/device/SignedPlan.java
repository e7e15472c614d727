package dev.insitu.device;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A plan and the signatures of the manifest it is for.
 *
 * @param plan what is going to be sent
 * @param signatures of the manifest's digest
 */
record SignedPlan(Plan plan, List<Signed> signatures) {

  private static final int MOST_SIGNATURES = 64;

  SignedPlan {
    signatures = List.copyOf(signatures);
  }

  /**
   * A plan with the signatures of a header field: key, colon and signature in hexadecimal digits,
   * with commas between.
   *
   * @throws ElasticException if they are not well-formed
   */
  static SignedPlan of(Plan plan, String header) {
    return new SignedPlan(plan, parse(header));
  }

  static List<Signed> parse(String header) {
    List<Signed> signatures = new ArrayList<>();
    if (header.isBlank()) {
      return signatures;
    }
    String[] entries = header.split(",", MOST_SIGNATURES + 2);
    if (entries.length > MOST_SIGNATURES) {
      throw ElasticException.limit(
          "A package has at most " + MOST_SIGNATURES + " signatures; the server sends more.");
    }
    for (String entry : entries) {
      String[] parts = entry.trim().split(":", 3);
      if (parts.length != 2) {
        throw ElasticException.corrupt("A signature is not of the form key:signature.");
      }
      signatures.add(new Signed(new Signatures.Key(parts[0]), hex(parts[1])));
    }
    return signatures;
  }

  private static byte[] hex(String digits) {
    if (digits.length() % 2 != 0) {
      throw ElasticException.corrupt("A signature has an odd number of digits.");
    }
    byte[] bytes = new byte[digits.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      int high = Character.digit(digits.charAt(2 * i), 16);
      int low = Character.digit(digits.charAt(2 * i + 1), 16);
      if (high < 0 || low < 0) {
        throw ElasticException.corrupt("A signature has a digit that is not hexadecimal.");
      }
      bytes[i] = (byte) (high << 4 | low);
    }
    return bytes;
  }

  /** The signatures as text, for {@link #parse}. */
  static String format(List<Signed> signatures) {
    return signatures.stream()
        .map(signed -> signed.key().hex() + ":" + hex(signed.signature()))
        .collect(Collectors.joining(","));
  }

  private static String hex(byte[] bytes) {
    StringBuilder digits = new StringBuilder(2 * bytes.length);
    for (byte b : bytes) {
      digits.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    return digits.toString();
  }

  /** Checks the signatures, before anything else of the plan is believed. */
  void require(Trust trust) {
    trust.require(plan.content().manifest(), signatures);
  }
}
