package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirstAnswerBoundTest {

  @Test
  void waitsForTheLastByteOrForTheComputingThatIsLeft() throws IOException {
    try (Workbench bench = Workbench.open("test")) {
      Subject shapes = Subjects.singleShapes(bench.fresh("shapes")).withoutSamples();
      Path file = bench.pack(shapes, "1", List.of());
      try (Depot depot = new Depot(bench);
          PackageFile pack = bench.open(file)) {
        depot.publish(file);
        Plan plan = depot.plan(shapes.name(), Wishes.everything());
        SubModel starter =
            SubModel.closureOf(
                pack.manifest(),
                Range.indices(plan.content().chunks()).limit(plan.starterChunks()));
        int segments = pack.manifest().segments().size();
        double arrival = 8e-6 * (plan.manifestBytes() + plan.starterBytes());
        double[] nothing = new double[segments];
        assertEquals(
            0.3 + arrival, FirstAnswerBound.seconds(plan, starter, 0.1, 1e6, nothing), 1e-9);
        double[] slowFirst = new double[segments];
        slowFirst[0] = 1000; // all segments together: the link counts until the first can run only
        double latest = FirstAnswerBound.seconds(plan, starter, 0.1, 1e6, slowFirst);
        assertEquals(true, latest > 1000.3 && latest < 1000.3 + arrival);
      }
    }
  }
}
