package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;

/** A device with a small sub-model asks for all of it. */
final class DemoUpgrade {

  private static final double SMALL_BITS = 4;

  /**
   * What came of it.
   *
   * @param heldBytes chunks it had
   * @param fetchedBytes what it fetched on top
   * @param scoreBefore with the small sub-model
   * @param scoreAfter with the whole
   */
  record Result(long heldBytes, long fetchedBytes, double scoreBefore, double scoreAfter) {}

  private DemoUpgrade() {}

  static Result run(DemoContext context, DemoChecks checks) throws IOException {
    Manifest manifest = context.packed().manifest();
    Wishes small = Wishes.everything().withBits(SMALL_BITS);
    SubModel held = maker(context).choose(small);
    SubModel whole = SubModel.whole(manifest);
    long missing =
        whole.missingFrom(held).mapToLong(chunk -> manifest.chunks().get(chunk).size()).sum();
    try (Insitu insitu = context.device("upgraded")) {
      Model model = insitu.model(context.material().name()).pull(small);
      Pulls.await(model);
      double before = context.material().quiz().score(model::run);
      model.pull(Wishes.everything());
      Pulls.await(model);
      long fetched = model.progress().totalBytes();
      checks.check(
          "an upgrade costs exactly the missing chunks",
          fetched == missing,
          fetched + " of " + missing + " bytes");
      double after = context.material().quiz().score(model::run);
      return new Result(held.bytes(), fetched, before, after);
    }
  }

  private static PlanMaker maker(DemoContext context) {
    return new PlanMaker(
        context.packed().manifest(),
        context.packed().digest(),
        context.packed().profile(),
        new PlanMaker.NoOtherVersions(context.packed().manifestBytes()));
  }
}
