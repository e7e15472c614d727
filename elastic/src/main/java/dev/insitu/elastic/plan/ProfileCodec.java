package dev.insitu.elastic.plan;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.insitu.elastic.ElasticException;

/** Profiles as the objects that packages hold: JSON in one zstd frame. */
public final class ProfileCodec {

  private static final int LEVEL = 19;

  private ProfileCodec() {}

  /** The object for a profile. */
  public static byte[] write(Profile profile) {
    return Zstd.compress(PlanJson.write(profile), LEVEL);
  }

  /**
   * The profile in an object; of no bytes at all an unmeasured one.
   *
   * @throws ElasticException CORRUPT or LIMIT
   */
  public static Profile read(byte[] object) {
    if (object.length == 0) {
      return Profile.unmeasured();
    }
    long length = Zstd.getFrameContentSize(object, 0, object.length);
    if (length < 0 || length > PlanJson.MAX_BYTES) {
      throw ElasticException.limit(
          "The profile expands to "
              + length
              + " bytes; at most "
              + PlanJson.MAX_BYTES
              + " are read.");
    }
    try {
      return PlanJson.readProfile(Zstd.decompress(object, (int) length));
    } catch (ZstdException e) {
      throw new ElasticException(
          ElasticException.Reason.CORRUPT,
          "The profile cannot be expanded: " + e.getMessage() + ".",
          e);
    }
  }
}
