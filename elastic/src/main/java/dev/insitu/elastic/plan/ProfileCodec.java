package dev.insitu.elastic.plan;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ZstdFrame;
import java.nio.ByteBuffer;

/** Profiles as the objects that packages hold: JSON in one zstd frame. */
public final class ProfileCodec {

  private static final int LEVEL = 19;
  private static final int FREE_EXPANSION = 1 << 20;
  private static final int MOST_EXPANSION = 64;

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
    long length = ZstdFrame.contentSize(ByteBuffer.wrap(object), PlanJson.MAX_BYTES);
    if (length < 0) {
      throw ElasticException.corrupt(
          "The profile is not one zstd frame of at most " + PlanJson.MAX_BYTES + " bytes.");
    }
    long most =
        Math.min(PlanJson.MAX_BYTES, FREE_EXPANSION + MOST_EXPANSION * (long) object.length);
    if (length > most) {
      throw ElasticException.limit(
          "The profile of "
              + object.length
              + " bytes expands to "
              + length
              + "; at most "
              + most
              + " are allowed.");
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
