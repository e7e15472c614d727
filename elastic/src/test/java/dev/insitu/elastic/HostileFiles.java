package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Signatures.Signed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Sections, frames, files and signatures that break a rule. */
final class HostileFiles {

  private final HostileCases cases;

  private HostileFiles(HostileCases cases) {
    this.cases = cases;
  }

  static void addTo(HostileCases cases) {
    HostileFiles made = new HostileFiles(cases);
    made.sections();
    made.frames();
    made.files();
    made.signatures();
  }

  private void sections() {
    cases.manifest(
        Reason.TOO_NEW,
        "unknown-critical-section",
        "needs section 99",
        m -> m.section(99, new byte[3]));
    cases.manifest(
        Reason.TOO_NEW,
        "unknown-critical-section-of-a-large-number",
        "needs section 1001",
        m -> m.section(1001, new byte[0]));
    for (int tag : new int[] {1, 3, 5, 7, 9, 11}) {
      cases.manifest(
          Reason.CORRUPT, "without-section-" + tag, "has no section " + tag, m -> m.without(tag));
    }
    cases.body(
        "section-twice", "section 12 follows section 12", b -> b.varint(12).bytes(new byte[2]));
    cases.body(
        "sections-out-of-order",
        "section 3 follows section 12",
        b -> b.varint(3).bytes(new byte[2]));
    cases.body("section-longer-than-the-body", "bytes left", b -> b.varint(20).varint(1000));
    cases.body("section-zero", "section 0 follows section 12", b -> b.varint(0).bytes(new byte[0]));
    for (int tag : new int[] {1, 3, 5, 7, 11, 12}) {
      cases.manifest(
          Reason.CORRUPT,
          "bytes-after-section-" + tag,
          "1 bytes after its end",
          m -> m.section(tag, new ByteWriter().raw(m.section(tag)).u8(0)));
    }
  }

  private void frames() {
    byte[] body = RawManifest.of(SmallPackage.manifest()).body();
    byte[] frame = RawManifest.compress(body, 3);
    String noFrame = "exactly one zstd frame";
    frame("no-frame", noFrame, HostileCases.bytes(7, 100));
    frame("two-frames", noFrame, HostileCases.join(frame, RawManifest.compress(new byte[0], 3)));
    frame("frame-then-bytes", noFrame, HostileCases.join(frame, new byte[1]));
    frame("skippable-frame-first", noFrame, HostileCases.join(skippable(), frame));
    frame("skippable-frame-last", noFrame, HostileCases.join(frame, skippable()));
    frame("frame-cut", noFrame, Arrays.copyOf(frame, frame.length - 1));
    frame("frame-of-a-dictionary", noFrame, HostileCases.flipped(frame, 4, 1));
    frame("frame-with-reserved-bit", noFrame, HostileCases.flipped(frame, 4, 8));
    frame("frame-of-another-length", noFrame, RawManifest.compress(new byte[body.length + 1], 3));
    frame("frame-of-a-reserved-block", noFrame, HostileCases.flipped(frame, 7, 2));
    byte[] longer = RawManifest.compress(new byte[body.length + 5000], 3);
    System.arraycopy(frame, 4, longer, 4, 3); // the shorter one's content size
    frame("frame-that-inflates-beyond-its-size", "cannot be expanded", longer);
    byte[] shorter = RawManifest.compress(new byte[body.length - 300], 3);
    System.arraycopy(frame, 4, shorter, 4, 3);
    frame("frame-that-inflates-too-little", "", shorter);
    frame("frame-without-end", noFrame, endless());
    byte[] bomb = RawManifest.compress(new byte[ManifestCodec.MAX_BODY], 3);
    cases.manifest(
        Reason.LIMIT,
        "frame-that-inflates-to-256-mebibytes",
        "may expand to",
        m -> m.withFrame(bomb).withExpandedLength(ManifestCodec.MAX_BODY));
    cases.manifest(
        Reason.LIMIT,
        "expanded-length-of-4-gibibytes",
        "expanded length as 4294967295",
        m -> m.withExpandedLength(0xffffffffL));
    cases.manifest(
        Reason.LIMIT,
        "expanded-length-of-200-mebibytes",
        "may expand to",
        m -> m.withExpandedLength(200 << 20));
    cases.manifest(
        Reason.CORRUPT, "expanded-length-of-nothing", noFrame, m -> m.withExpandedLength(0));
    cases.manifest(
        Reason.TOO_NEW, "manifest-of-major-version-2", "written in format 2", m -> m.withMajor(2));
    cases.manifest(
        Reason.CORRUPT, "no-manifest", "This is not a manifest", m -> m.withMagic("ONNX"));
    cases.manifest(
        Reason.INVALID,
        "manifest-as-a-patch",
        "is a patch against",
        m -> m.withMagic("INSP").withFrame(HostileCases.bytes(1, 200)));
  }

  private void files() {
    byte[] file = HostileCases.file(RawManifest.of(SmallPackage.manifest()));
    cases.put(
        Reason.CORRUPT,
        "no-package",
        "is not an .insitu package",
        HostileCases.join(
            "\u0008\u0007pytorch".getBytes(StandardCharsets.US_ASCII), new byte[100]));
    cases.put(
        Reason.CORRUPT,
        "text-mode-transfer",
        "is not an .insitu package",
        HostileCases.flipped(file, 6, '\r' ^ '\n'));
    cases.put(
        Reason.TOO_NEW,
        "file-of-major-version-2",
        "written in format 2",
        HostileCases.flipped(file, 8, 3));
    cases.put(
        Reason.CORRUPT,
        "byte-after-the-end",
        "1 bytes after its last chunk",
        HostileCases.join(file, new byte[1]));
    cases.put(
        Reason.CORRUPT,
        "megabyte-after-the-end",
        "1048576 bytes after its last chunk",
        HostileCases.join(file, new byte[1 << 20]));
    cases.put(
        Reason.LIMIT,
        "65535-signatures",
        "65535 signatures",
        HostileCases.set(file, 10, 0xff, 0xff));
    cases.put(
        Reason.CORRUPT, "signatures-past-the-end", "needed are", HostileCases.set(file, 10, 64, 0));
    cases.put(
        Reason.LIMIT,
        "manifest-length-of-4-gibibytes",
        "manifest's length as 4294967295",
        HostileCases.set(file, 12, 255, 255, 255, 255));
    cases.put(
        Reason.CORRUPT,
        "manifest-past-the-end",
        "Maybe it was cut",
        HostileCases.set(file, 12, 0, 0, 0, 4));
    cases.put(
        Reason.LIMIT,
        "profile-length-of-4-gibibytes",
        "profile's length as 4294967295",
        HostileCases.set(file, 16, 255, 255, 255, 255));
    cases.put(
        Reason.CORRUPT,
        "profile-of-another-length",
        "is not the one",
        HostileCases.set(file, 16, SmallPackage.PROFILE.length - 1));
    cases.put(
        Reason.CORRUPT,
        "profile-that-is-not-named",
        "does not name",
        HostileCases.file(RawManifest.of(SmallPackage.manifest()).without(12)));
    int profileAt = file.length - HostileCases.contents().length - SmallPackage.PROFILE.length;
    cases.put(
        Reason.CORRUPT,
        "profile-damaged",
        "is not the one",
        HostileCases.flipped(file, profileAt, 1));
    cases.put(Reason.CORRUPT, "cut-in-the-header", "ends at byte 19", Arrays.copyOf(file, 19));
    cases.put(
        Reason.CORRUPT,
        "cut-in-the-manifest",
        "Maybe it was cut",
        Arrays.copyOf(file, profileAt - 1));
    cases.put(Reason.CORRUPT, "empty", "ends at byte 0", new byte[0]);
  }

  private void signatures() {
    byte[] file = HostileCases.file(RawManifest.of(SmallPackage.manifest()));
    Digest digest = ManifestCodec.body(SmallPackage.manifest()).digest();
    Signed right = TestKeys.sign(digest, 1);
    Signed stranger = TestKeys.sign(digest, 2);
    Signed other = TestKeys.sign(SmallPackage.digest(1), 1);
    Signed damaged = new Signed(right.key(), HostileCases.flipped(right.signature(), 40, 1));
    Signed renamed = new Signed(right.key(), stranger.signature());
    cases.put(Reason.UNTRUSTED, "unsigned", "is not signed", file);
    untrusted("signed-by-a-stranger", "none of the 1 pinned keys", stranger);
    untrusted("signature-of-another-manifest", "wrong signature", other);
    untrusted("signature-damaged", "wrong signature", damaged);
    untrusted("signature-under-another-name", "wrong signature", renamed);
    untrusted("signatures-of-which-none-is-right", "wrong signature", stranger, damaged, other);
    cases.put(
        Reason.UNTRUSTED,
        "signed-and-changed",
        "wrong signature",
        HostileCases.signed(
            HostileCases.file(RawManifest.of(SmallPackage.manifest()).section(16, new byte[1])),
            right));
  }

  private void untrusted(String name, String message, Signed... signatures) {
    byte[] file = HostileCases.file(RawManifest.of(SmallPackage.manifest()));
    cases.put(Reason.UNTRUSTED, name, message, HostileCases.signed(file, signatures));
  }

  private void frame(String name, String message, byte[] frame) {
    cases.manifest(Reason.CORRUPT, name, message, m -> m.withFrame(frame));
  }

  private static byte[] skippable() {
    return new ByteWriter().u32(0x184d2a50).u32(3).raw(new byte[3]).toBytes();
  }

  /** Blocks of one repeated byte, each 128 KiB, none of which is the last. */
  private static byte[] endless() {
    ByteWriter out = new ByteWriter().u32(0xfd2fb528).u8(0xa0).u32(1000);
    for (int i = 0; i < 500; i++) {
      int header = (128 << 10) << 3 | 1 << 1;
      out.u16(header).u8(header >> 16).u8(0);
    }
    return out.toBytes();
  }
}
