package dev.insitu.planner;

import dev.insitu.elastic.plan.DeviceState;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import java.util.ArrayList;
import java.util.List;

/** What a decision could not weigh, in words. */
final class Notes {

  private Notes() {}

  static List<String> of(Situation situation, CandidateGrid grid, ServerSide server) {
    List<String> notes = new ArrayList<>();
    if (situation.channel().downlinkBitsPerSecond().isEmpty()) {
      notes.add("the time of downloads is not counted: downlinkBitsPerSecond is not given");
    }
    if (!situation.device().hasSpeed()) {
      notes.add("the time of computing is not counted: macsPerSecond is not given");
    } else if (grid.families().stream().allMatch(family -> family.route().macs == 0)) {
      notes.add("the time of computing is not counted: the package tells no multiply-accumulates");
    }
    DeviceState.Energy energy = situation.device().energy();
    if (energy.joules().isPresent() && !energy.hasCosts()) {
      notes.add("energyJoules limits nothing: what work costs is not given (joulesPerMac, ...)");
    }
    switch (grid.worth()) {
      case ACCURACY -> {}
      case AGREEMENT -> notes.add("accuracy is agreement with the root: there were no labels");
      case UNMEASURED ->
          notes.add("accuracy is not known: the package was not measured; more is held for better");
    }
    boolean mayLeave = situation.wanted().privacy() != Privacy.NOTHING_LEAVES;
    boolean divides = grid.families().stream().anyMatch(Family::divided);
    if (mayLeave && !server.computes()) {
      notes.add("nothing is divided: no server computes for devices");
    } else if (mayLeave && !divides) {
      notes.add("nothing is divided: the package was not measured at cuts");
    } else if (mayLeave && situation.channel().uplinkBitsPerSecond().isEmpty()) {
      notes.add("nothing is divided: uplinkBitsPerSecond is not given");
    }
    return notes;
  }
}
