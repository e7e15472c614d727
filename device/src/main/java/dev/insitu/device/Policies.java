package dev.insitu.device;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Profile.Early;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The policies of answering early of the version that serves: they come with its profile, which is
 * fetched after its chunks if the package has exits.
 */
final class Policies {

  private final DeviceContext device;
  private final ModelName name;
  private final ModelRuntime runtime;
  private volatile @Nullable Known known;

  private record Known(Digest manifest, List<Early> early) {}

  Policies(DeviceContext device, ModelName name, ModelRuntime runtime) {
    this.device = device;
    this.name = name;
    this.runtime = runtime;
  }

  /**
   * Brings the profile of the version that serves, unless it is here or of no use. That a server
   * does not give it is no failure: then there are no policies.
   */
  void fetch(PlanClient client) throws IOException {
    Optional<Loaded> serving = runtime.serving();
    if (serving.isEmpty() || device.manifests.hasProfile(serving.get().digest())) {
      return;
    }
    Digest digest = serving.get().digest();
    Manifest manifest = new Versions(device).body(digest).manifest();
    if (manifest.exits().isEmpty() || manifest.profile().isEmpty()) {
      return;
    }
    try {
      byte[] object = client.object(name, manifest.profile().get(), "the profile");
      StorageException.guard(() -> {
        device.manifests.saveProfile(digest, object);
        return true;
      });
    } catch (AnswerException.Refused e) {
      // such as a server that has chunks only
    }
  }

  /** All of them; none if the profile is not here. */
  List<Early> all() {
    Optional<Loaded> serving = runtime.serving();
    if (serving.isEmpty()) {
      return List.of();
    }
    Digest digest = serving.get().digest();
    Known before = known;
    if (before != null && before.manifest().equals(digest)) {
      return before.early();
    }
    Optional<List<Early>> found = read(digest);
    found.ifPresent(early -> known = new Known(digest, early));
    return found.orElse(List.of());
  }

  private Optional<List<Early>> read(Digest digest) {
    if (!device.manifests.hasProfile(digest)) {
      return Optional.empty();
    }
    try {
      Manifest manifest = new Versions(device).body(digest).manifest();
      return manifest.profile().isEmpty()
          ? Optional.empty()
          : device.manifests.profile(digest, manifest.profile().get()).map(Profile::early);
    } catch (IOException | ElasticException e) {
      throw new DeviceException(
          Reason.STORAGE, "The profile of '" + name + "' cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The policy with the largest budget within the given one.
   *
   * @throws DeviceException NO_POLICY if there is none
   */
  ExitPolicy within(double budget) {
    List<Early> all = all();
    return new Profile(0, List.of(), List.of(), all)
        .earlyWithin(budget)
        .map(Early::policy)
        .orElseThrow(() -> new DeviceException(Reason.NO_POLICY, refusal(budget, all)));
  }

  private String refusal(double budget, List<Early> all) {
    String of = "Model '" + name + "' has no policy of answering early ";
    if (!all.isEmpty()) {
      String budgets =
          all.stream().map(early -> share(early.budget())).collect(Collectors.joining(" and "));
      return of
          + "that may lose at most "
          + share(budget)
          + " of the right answers; there are ones for "
          + budgets
          + ".\nMaybe allow that much, or give thresholds of your own.";
    }
    Optional<Loaded> serving = runtime.serving();
    if (serving.isEmpty()) {
      return of + "on this device yet.\nMaybe pull it, and wait until the pull is done.";
    }
    return serving.get().manifest().exits().isEmpty()
        ? of + "as its package has no exits.\nMaybe train some with 'insitu forge'."
        : of
            + "on this device: its package was packed without measuring it, or its profile has not"
            + " come yet.\nMaybe pull it again, or give thresholds of your own.";
  }

  private static String share(double share) {
    BigDecimal percent = BigDecimal.valueOf(100 * share).round(new MathContext(4));
    return percent.stripTrailingZeros().toPlainString() + " %";
  }
}
