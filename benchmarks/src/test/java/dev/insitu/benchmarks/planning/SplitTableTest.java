package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.benchmarks.planning.SegmentSeconds.Cell;
import dev.insitu.benchmarks.planning.SplitTable.Entry;
import dev.insitu.benchmarks.planning.SplitTable.Who;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.lab.split.SplitPicture;
import dev.insitu.planner.Calibration;
import dev.insitu.planner.CandidateGrid;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.Planner;
import dev.insitu.planner.ServerSide;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitTableTest {

  private static final MadePackage PACKAGE = MadePackage.of(2);
  private static final Calibration CALIBRATION =
      new Calibration(1, 0.004, 2e-9, 0, 0.08, 1.25, 2, 3);
  private static final double SPEED = 1e10;
  private static final double SERVER = 1e11;

  /** Segments that take what their multiply-accumulates do. */
  private static SegmentSeconds seconds() {
    List<SegmentSpec> segments = PACKAGE.manifest().segments();
    double[] each = segments.stream().mapToDouble(segment -> segment.macs() / SPEED).toArray();
    double[] heads = new double[each.length];
    PACKAGE.manifest().exits().forEach(exit -> heads[exit.after()] = exit.head().macs() / SPEED);
    double[] tails =
        IntStream.range(0, each.length)
            .mapToDouble(from ->
                segments.subList(from, each.length).stream().mapToLong(SegmentSpec::macs).sum()
                    / SERVER)
            .toArray();
    double whole = segments.stream().mapToLong(SegmentSpec::macs).sum() / SPEED;
    return new SegmentSeconds(each, heads, tails, whole / 1.25, CALIBRATION);
  }

  @Test
  void timesThatFollowTheWorkAreThoseThatThePlannerPredicts() {
    CandidateGrid grid = CandidateGrid.of(PACKAGE.manifest(), PACKAGE.profile());
    Planner planner = new Planner(grid, CALIBRATION, new ServerSide(SERVER, 0.002));
    StartingPoint nothing = StartingPoint.nothing(PACKAGE.manifest(), 20_000);
    SegmentSeconds seconds = seconds();
    for (int inferences : new int[] {1, 2, 50}) {
      for (double slower : new double[] {1, 20}) {
        Cell cell = new Cell(1e7, 0.03, slower, 0.002, inferences);
        Situation situation =
            Situation.UNKNOWN
                .withDevice(Situation.UNKNOWN.device().withMacsPerSecond(SPEED / slower))
                .withChannel(Channel.of(1e7, 1e7, 0.03))
                .withWanted(
                    Wanted.BEST.withInferences(inferences).withPrivacy(Privacy.INPUTS_MAY_LEAVE));
        List<PlannedModel> plans = planner.within(situation, nothing).toList();
        for (int i = 0; i < plans.size(); i += 53) {
          PlannedModel plan = plans.get(i);
          double one = plan.expected().latencySeconds() * (plan.fused() ? 1.25 : 0);
          double played = seconds.all(plan, cell);
          if (plan.help().isPresent()) { // which is counted by shares, as no faster than the device
            one += plan.expected().firstAnswerSeconds();
            played = Math.max(played, plan.expected().timeSeconds());
          }
          assertEquals(
              plan.expected().timeSeconds(),
              played,
              1e-6 + one, // the inference during which the device, or its fused session, is ready
              () -> cell + " " + plan);
        }
      }
    }
  }

  @Test
  void aTableCountsWinnersAndMarksRegret() {
    SplitTable table = new SplitTable();
    table.add(new Entry(new Cell(1e6, 0, 1, 0, 10), Who.DEVICE, Who.DEVICE, 0));
    table.add(new Entry(new Cell(1e7, 0, 1, 0, 10), Who.SERVER, Who.SPLIT, 0.2));
    table.add(new Entry(new Cell(1e6, 0, 10, 0, 10), Who.SPLIT, Who.SPLIT, 0.05));
    table.add(new Entry(new Cell(1e7, 0, 10, 0, 10), Who.SERVER, Who.SERVER, 0));
    assertEquals(0.75, table.within(0.05));
    assertEquals(2, table.count(Who.SERVER));
    List<String> lines = table.lines(0.05);
    assertEquals(3, lines.size());
    assertTrue(lines.get(0).startsWith("10 inferences"), lines.toString());
    assertTrue(lines.get(1).endsWith("   D    S!"), lines.toString());
    assertTrue(lines.get(2).endsWith("   /    S "), lines.toString());
  }

  @Test
  void itsLinesAreDrawnAsTheyAreRecorded(@TempDir Path folder) throws IOException {
    SplitTable table = new SplitTable();
    for (double rate : new double[] {1e5, 3e6, 1e9}) {
      table.add(new Entry(new Cell(rate, 0, 1000, 0, 10_000), Who.SPLIT, Who.DEVICE, 0.2));
    }
    String lines = "\"" + String.join("\", \"", table.lines(0.05)) + "\"";
    Path run =
        Files.writeString(
            folder.resolve("run.json"),
            "{\"name\": \"plan/split/some/inputs\", \"table\": [" + lines + "]}\n");
    assertEquals(3, SplitPicture.draw(run, folder.resolve("split.png")));
  }

  @Test
  void whoComputesIsToldFromThePlan() {
    assertEquals(Who.DEVICE, Who.of(5, false));
    assertEquals(Who.SERVER, Who.of(0, true));
    assertEquals(Who.SPLIT, Who.of(3, true));
  }
}
