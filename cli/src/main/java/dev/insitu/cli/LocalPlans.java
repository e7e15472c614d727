package dev.insitu.cli;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Profile;
import java.util.Optional;
import java.util.OptionalLong;

/** Plans from a package file alone, without a server. */
final class LocalPlans {

  private LocalPlans() {}

  static PlanMaker maker(PackageFile opened, Profile profile) {
    return new PlanMaker(
        opened.manifest(),
        opened.digest(),
        profile,
        new NoOtherVersions(opened.manifestBytes().length));
  }

  record NoOtherVersions(long whole) implements PlanMaker.ManifestSizes {

    @Override
    public OptionalLong patch(Digest base) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<Manifest> manifest(Digest base) {
      return Optional.empty();
    }
  }
}
