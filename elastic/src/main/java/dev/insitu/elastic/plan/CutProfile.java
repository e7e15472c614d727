package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * What it costs, and is worth, when a device runs the segments before a cut and a server the rest:
 * the trade-off between what comes down, what goes up and who computes.
 *
 * @param before the segment that the cut lies before; 0 if the device computes nothing
 * @param deviceMacs multiply-accumulates for one sample before the cut; 0 if unknown
 * @param serverMacs and after it
 * @param levels by how much of the model the device has, ascending
 */
public record CutProfile(int before, long deviceMacs, long serverMacs, List<Level> levels) {

  public CutProfile {
    levels = List.copyOf(levels);
    if (before < 0 || deviceMacs < 0 || serverMacs < 0) {
      throw ElasticException.invalid(
          "A cut before segment "
              + before
              + " has "
              + deviceMacs
              + " and "
              + serverMacs
              + " multiply-accumulates; none of them is negative.");
    }
  }

  /**
   * What the cut is worth along the bytes of the device's segments.
   *
   * @param features the number of a precision of what goes up, among those of every level
   */
  public List<Profile.Point> points(int features) {
    return levels.stream()
        .map(level -> {
          Features some = level.features().get(features);
          return new Profile.Point(
              level.chunks(), level.bytes(), 0, some.agreement(), some.accuracy());
        })
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * The device's segments at one precision.
   *
   * @param chunks the prefix of the canonical order that is there
   * @param bytes of those of its chunks that the device's segments use: what comes down, once
   * @param features by how precisely the values at the cut go up
   */
  public record Level(int chunks, long bytes, List<Features> features) {

    public Level {
      features = List.copyOf(features);
      if (chunks < 0 || bytes < 0) {
        throw ElasticException.invalid(
            "The device's side of a cut has " + chunks + " chunks of " + bytes + " bytes.");
      }
    }
  }

  /**
   * The values at the cut with so many bits, the server running its segments with all planes.
   *
   * @param bits for a value before it is entropy coded; 32 for floats as they are
   * @param bytes of a sample's message, the mean of the samples: what goes up, each time
   * @param agreement as a {@link Profile.Point} has it
   * @param accuracy share of labelled samples answered rightly; empty without labels
   */
  public record Features(int bits, double bytes, double agreement, OptionalDouble accuracy) {

    public Features {
      if (bits < 1 || !(bytes >= 0 && bytes < 1e15)) {
        throw ElasticException.invalid(
            "Features have " + bits + " bits and " + bytes + " bytes a sample.");
      }
      Profile.requireShare("agreement", agreement);
      accuracy.ifPresent(share -> Profile.requireShare("accuracy", share));
    }
  }
}
