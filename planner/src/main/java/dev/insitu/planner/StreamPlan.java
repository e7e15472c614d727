package dev.insitu.planner;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Decision.Bound;
import dev.insitu.planner.Decision.Chosen;
import dev.insitu.planner.PlannedModel.Accuracy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes a decision the plan of a stream, as servers send it. Pure. */
final class StreamPlan {

  private final CandidateGrid grid;
  private final Digest digest;
  private final StartingPoint start;

  StreamPlan(CandidateGrid grid, Digest digest, StartingPoint start) {
    this.grid = grid;
    this.digest = digest;
    this.start = start;
  }

  Plan of(Chosen chosen) {
    PlannedModel plan = chosen.plan();
    ChunkOrder.Sent sent = grid.sent(plan, start.have());
    int[] fallback = new Fallback(grid, start).missing(chosen, sent.chunks());
    int[] chunks =
        IntStream.concat(Arrays.stream(sent.chunks()), Arrays.stream(fallback)).toArray();
    Manifest manifest = grid.manifest();
    boolean nothing = plan.depth() == 0; // the server computes all, the package stays there
    return new Plan(
        manifest.name(),
        manifest.header().version(),
        new Content(
            digest,
            nothing ? ManifestForm.HELD : start.form(),
            start.form() == ManifestForm.PATCH && !nothing ? start.base() : Optional.empty(),
            false,
            Range.of(Arrays.stream(chunks))),
        nothing ? 0 : start.manifestBytes(),
        bytes(manifest, chunks, chunks.length),
        sent.starters(),
        bytes(manifest, chunks, sent.starters()),
        expected(plan.expected().firstAccuracy(), plan.expected().accuracy()),
        reason(chosen),
        List.of());
  }

  private static long bytes(Manifest manifest, int[] chunks, int count) {
    List<ChunkSpec> all = manifest.chunks();
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += all.get(chunks[i]).size();
    }
    return bytes;
  }

  private static Expected expected(Accuracy first, Accuracy end) {
    OptionalDouble none = OptionalDouble.empty();
    return switch (end.worth()) {
      case ACCURACY -> new Expected(none, none, OptionalDouble.of(end.value()));
      case AGREEMENT ->
          new Expected(OptionalDouble.of(first.value()), OptionalDouble.of(end.value()), none);
      case UNMEASURED -> new Expected(none, none, none);
    };
  }

  private String reason(Chosen chosen) {
    String binding =
        chosen.reasons().limits().stream()
            .filter(Bound::binds)
            .map(bound -> bound.limit().field())
            .collect(Collectors.joining(", "));
    return "the best of "
        + grid.points()
        + " in the device's situation"
        + (binding.isEmpty() ? "" : "; it would be better without the limit of " + binding);
  }
}
