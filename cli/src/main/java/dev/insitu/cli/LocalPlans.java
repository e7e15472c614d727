package dev.insitu.cli;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Profile;

/** Plans from a package file alone, without a server. */
final class LocalPlans {

  private LocalPlans() {}

  static PlanMaker maker(PackageFile opened, Profile profile) {
    return new PlanMaker(
        opened.manifest(),
        opened.digest(),
        profile,
        new PlanMaker.NoOtherVersions(opened.manifestBytes().length));
  }
}
