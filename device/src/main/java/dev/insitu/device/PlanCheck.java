package dev.insitu.device;

import dev.insitu.device.AnswerException.Refused;
import dev.insitu.device.DeviceException.Reason;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.plan.Plan;

/** Whether a plan whose signatures are right is one the device goes along with. Pure. */
final class PlanCheck {

  private PlanCheck() {}

  /**
   * Checks a plan against what was asked for and what the device has had.
   *
   * @throws Refused if it is for something else, too large, or a step back
   */
  static void check(ModelName name, SignedPlan signed, ModelRecord record, DeviceOptions options)
      throws Refused {
    Plan plan = signed.plan();
    if (plan.manifestBytes() > ManifestCodec.MAX_BYTES) {
      throw new Refused(
          Reason.SERVER,
          "The plan for '"
              + name
              + "' announces a manifest of "
              + plan.manifestBytes()
              + " bytes; at most "
              + ManifestCodec.MAX_BYTES
              + " are read.");
    }
    Digest manifest = plan.content().manifest();
    if (name.version().isEmpty() && record.isOlder(manifest) && !options.acceptOlderVersions()) {
      throw new Refused(
          Reason.OLDER_VERSION,
          "The server offers '"
              + name
              + "' "
              + plan.version()
              + ", which served before the version on this device.\nMaybe ask for '"
              + name.model()
              + ":"
              + plan.version()
              + "' by name, or accept older versions in the options, if that is meant.");
    }
  }

  /**
   * Whether a plan is for a version that failed on this device before; by name it is taken
   * nevertheless.
   */
  static boolean isRejected(ModelName name, Plan plan, ModelRecord record) {
    return name.version().isEmpty() && record.rejected().contains(plan.content().manifest());
  }

  /**
   * Checks that a manifest, whose digest is right, is the model's: signed packages of other models
   * are no use here.
   *
   * @throws Refused if it is another one's
   */
  static void checkManifest(ModelName name, Manifest manifest) throws Refused {
    boolean otherVersion =
        name.version().filter(wanted -> !wanted.equals(manifest.header().version())).isPresent();
    if (!manifest.name().equals(name.model()) || otherVersion) {
      throw new Refused(
          Reason.UNTRUSTED,
          "The server sends '"
              + manifest.name()
              + "' "
              + manifest.header().version()
              + " for '"
              + name
              + "'.\nMaybe the model was published under a wrong name.");
    }
  }
}
