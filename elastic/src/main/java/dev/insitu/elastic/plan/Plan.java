package dev.insitu.elastic.plan;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The server's answer: what to send in which order, and why.
 *
 * @param model its name
 * @param version of the package
 * @param content what the stream holds; its digest is the plan's id
 * @param manifestBytes bytes of the manifest at the head of the stream; 0 if the device has it
 * @param chunkBytes bytes of chunks in the stream
 * @param starterChunks chunks of the stream after which inference may begin
 * @param starterBytes their bytes
 * @param expected what was measured of the result
 * @param reason why this sub-model
 * @param refused what was not chosen, and why
 */
public record Plan(
    String model,
    String version,
    Content content,
    long manifestBytes,
    long chunkBytes,
    int starterChunks,
    long starterBytes,
    Expected expected,
    String reason,
    List<Refused> refused) {

  public Plan {
    Objects.requireNonNull(model);
    Objects.requireNonNull(version);
    Objects.requireNonNull(content);
    Objects.requireNonNull(expected);
    Objects.requireNonNull(reason);
    refused = List.copyOf(refused);
    if (manifestBytes < 0 || chunkBytes < 0 || starterChunks < 0 || starterBytes < 0) {
      throw ElasticException.corrupt("A plan gives a negative count of bytes or chunks.");
    }
  }

  /** The name under which any server that has the manifest can rebuild the stream. */
  public Digest id() {
    return content.id();
  }

  /** Bytes of the whole stream. */
  public long bytes() {
    return manifestBytes + chunkBytes;
  }

  /**
   * Checks a plan from outside against the manifest it is for.
   *
   * @param manifest with the plan's digest
   * @throws ElasticException CORRUPT if the plan sends chunks that are not there or one twice, or
   *     counts them wrongly
   */
  public void requireFits(Manifest manifest) {
    List<ChunkSpec> chunks = manifest.chunks();
    BitSet sent = Range.within(content.chunks(), chunks.size());
    if (sent.cardinality() != Range.count(content.chunks())) {
      throw ElasticException.corrupt(
          "The plan sends a chunk twice, or one that is none of the "
              + chunks.size()
              + " there are.");
    }
    if (content.difference()) {
      return;
    }
    long bytes = sent.stream().mapToLong(i -> chunks.get(i).size()).sum();
    long starting =
        Range.indices(content.chunks())
            .limit(starterChunks)
            .mapToLong(i -> chunks.get(i).size())
            .sum();
    if (bytes != chunkBytes || starting != starterBytes || starterChunks > sent.cardinality()) {
      throw ElasticException.corrupt(
          "The plan gives "
              + starterChunks
              + " starting chunks of "
              + starterBytes
              + " bytes and "
              + chunkBytes
              + " bytes in all; the manifest "
              + starting
              + " and "
              + bytes
              + " bytes.");
    }
  }

  /** How the manifest goes at the head of the stream. */
  public enum ManifestForm {
    /** Not at all: the device has it. */
    HELD,
    /** As it is. */
    WHOLE,
    /** As a patch against the base. */
    PATCH
  }

  /**
   * The ordered list behind a stream.
   *
   * @param manifest digest of the manifest
   * @param form how the manifest is sent
   * @param base manifest of the version that the device holds: patches and differences are against
   *     it
   * @param difference whether difference chunks against {@code base} are sent instead of {@code
   *     chunks}
   * @param chunks indices into the manifest's table, in the order of sending
   */
  public record Content(
      Digest manifest,
      ManifestForm form,
      Optional<Digest> base,
      boolean difference,
      List<Range> chunks) {

    public Content {
      Objects.requireNonNull(manifest);
      Objects.requireNonNull(form);
      chunks = List.copyOf(chunks);
      if ((form == ManifestForm.PATCH || difference) && base.isEmpty()) {
        throw ElasticException.corrupt("A plan sends a difference without naming its base.");
      }
      if (difference && !chunks.isEmpty()) {
        throw ElasticException.corrupt("A plan sends a difference and chunks.");
      }
    }

    /** SHA-256 of the list in its one textual form. */
    public Digest id() {
      StringBuilder text = new StringBuilder(256 + 12 * chunks.size());
      text.append("insitu-plan-v1\n").append(manifest.hex()).append('\n').append(form);
      text.append('\n').append(base.map(Digest::hex).orElse("")).append('\n');
      if (difference) {
        text.append("difference");
      }
      for (int i = 0; i < chunks.size(); i++) {
        Range range = chunks.get(i);
        text.append(i == 0 ? "" : ",").append(range.from()).append('-').append(range.to());
      }
      text.append('\n');
      return Digest.sha256(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
  }

  /**
   * What was measured of the sub-models when the package was made.
   *
   * @param startAgreement agreement with the root when inference may begin
   * @param agreement agreement when all has arrived
   * @param accuracy accuracy when all has arrived
   */
  public record Expected(
      OptionalDouble startAgreement, OptionalDouble agreement, OptionalDouble accuracy) {

    public Expected {
      startAgreement.ifPresent(share -> Profile.requireShare("startAgreement", share));
      agreement.ifPresent(share -> Profile.requireShare("agreement", share));
      accuracy.ifPresent(share -> Profile.requireShare("accuracy", share));
    }
  }

  /**
   * An alternative that was not chosen.
   *
   * @param what it is
   * @param why not
   */
  public record Refused(String what, String why) {

    public Refused {
      Objects.requireNonNull(what);
      Objects.requireNonNull(why);
    }
  }
}
