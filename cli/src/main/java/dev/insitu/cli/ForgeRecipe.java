package dev.insitu.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.insitu.forge.CutOptions;
import dev.insitu.train.exits.ExitPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What {@code insitu forge} is to do, as a JSON file. Every field but {@code samples} may be left
 * out; an unknown one is an error.
 *
 * @param samples file or folder to learn from, relative to the recipe
 * @param measure file or folder to measure with; by default the first of {@code samples}
 * @param most most samples to measure with
 * @param labels whether labels are learnt where the samples have any, or the model's answers alone
 * @param mean of each colour, for pictures stored as bytes
 * @param std deviation of each colour
 * @param segments most segments along the depth, however small; empty to leave it to the packer
 * @param training how heads are trained
 * @param exits which there are to be
 * @param featureBits with how many bits for a value the features at every cut are measured
 * @param retrain how the whole family is re-trained before; empty to keep the root's weights
 * @param nesting what is re-trained together
 */
record ForgeRecipe(
    Path samples,
    @Nullable Path measure,
    int most,
    boolean labels,
    List<Float> mean,
    List<Float> std,
    OptionalInt segments,
    Training training,
    Exits exits,
    List<Integer> featureBits,
    Optional<Training> retrain,
    Together nesting) {

  private static final long MOST_BYTES = 1 << 20;

  /**
   * How training goes: one cycle of the rate, Nesterov's momentum.
   *
   * @param padding pixels by which pictures are shifted at most
   * @param flip whether pictures are mirrored now and then
   */
  record Training(
      double epochs, int batch, double rate, int padding, boolean flip, long seed, int threads) {

    static final Training DEFAULT = new Training(2, 128, 0.05, 0, false, 1, 2);

    /** Weights that have been learnt already need small steps. */
    static final Training OF_FAMILY = new Training(2, 128, 0.05, 0, false, 1, 2);

    Training {
      require("epochs", epochs, 0.001, 10_000);
      require("batch", batch, 1, 65_536);
      require("rate", rate, 1e-9, 1e3);
      require("padding", padding, 0, 64);
      require("threads", threads, 1, 1024);
    }
  }

  /**
   * Exits: so many spread over the depth, or after these segments, or near these depths.
   *
   * @param count how many; 0 if something else says it
   * @param after segments that they follow
   * @param at shares of the work after which they stand; the model is cut there
   * @param layers of each head before the dense one that gives the classes
   * @param joint whether they are trained together with the rest of the model, or after it
   */
  record Exits(int count, List<Integer> after, List<Double> at, int layers, boolean joint) {

    private static final int LAYERS = 1;

    static final Exits NONE = new Exits(0, List.of(), List.of(), LAYERS, false);

    Exits {
      after = List.copyOf(after);
      at = List.copyOf(at);
      require("exits.count", count, 0, 4095);
      require("exits.layers", layers, 0, ExitPlace.MOST_LAYERS);
      if ((count > 0 ? 1 : 0) + (after.isEmpty() ? 0 : 1) + (at.isEmpty() ? 0 : 1) > 1) {
        throw new CliException(
            "The recipe has more than one of 'exits.count', 'exits.after' and 'exits.at'; one of"
                + " them says it all.");
      }
    }
  }

  /**
   * What is re-trained together.
   *
   * @param bits whether models that lack bit planes are
   * @param price of a bit a weight, in units of the loss
   * @param drawn models drawn in each step besides the largest and the smallest
   * @param widths shares of the channels that narrower models keep, the widest first
   */
  record Together(boolean bits, double price, int drawn, List<Double> widths) {

    static final Together DEFAULT = new Together(true, 0, 1, List.of());

    Together {
      require("retrain.price", price, 0, 1000);
      require("retrain.drawn", drawn, 0, 16);
      widths.forEach(width -> require("retrain.widths", width, 0.001, 0.999));
      widths = widths.stream().distinct().sorted(Comparator.reverseOrder()).toList();
    }
  }

  ForgeRecipe {
    if (exits.joint() && retrain.isEmpty()) {
      throw new CliException(
          "The recipe has exits trained jointly and no 'retrain'."
              + "\nMaybe add 'retrain', or leave 'exits.train' at 'frozen'.");
    }
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    featureBits = List.copyOf(featureBits);
    require("most", most, 1, 10_000_000);
    require("segments", segments.orElse(1), 1, 256);
  }

  /** As it stands in the file. */
  private record Fields(
      @JsonProperty(required = true) @Nullable String samples,
      @Nullable String measure,
      @Nullable Integer most,
      @Nullable Boolean labels,
      @Nullable List<Float> mean,
      @Nullable List<Float> std,
      @Nullable Integer segments,
      @Nullable TrainingFields training,
      @Nullable ExitFields exits,
      @Nullable CutFields cuts,
      @Nullable RetrainFields retrain) {}

  private record TrainingFields(
      @Nullable Double epochs,
      @Nullable Integer batch,
      @Nullable Double rate,
      @Nullable Integer padding,
      @Nullable Boolean flip,
      @Nullable Long seed,
      @Nullable Integer threads) {}

  /** The fields of training, and what is trained together. */
  private record RetrainFields(
      @Nullable Double epochs,
      @Nullable Integer batch,
      @Nullable Double rate,
      @Nullable Integer padding,
      @Nullable Boolean flip,
      @Nullable Long seed,
      @Nullable Integer threads,
      @Nullable Boolean bits,
      @Nullable Double price,
      @Nullable Integer drawn,
      @Nullable List<Double> widths) {

    TrainingFields how() {
      return new TrainingFields(epochs, batch, rate, padding, flip, seed, threads);
    }

    Together together() {
      Together usual = Together.DEFAULT;
      return new Together(
          or(bits, usual.bits),
          or(price, usual.price),
          or(drawn, usual.drawn),
          or(widths, usual.widths));
    }
  }

  private record ExitFields(
      @Nullable Integer count,
      @Nullable List<Integer> after,
      @Nullable List<Double> at,
      @Nullable Integer layers,
      @Nullable String train) {}

  private record CutFields(@Nullable List<Integer> bits) {}

  /**
   * Reads a recipe.
   *
   * @throws CliException if it is none; the message names the field
   */
  static ForgeRecipe read(Path file) throws IOException {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new CliException(
            file + " has " + Files.size(file) + " bytes; a recipe has at most " + MOST_BYTES + ".");
      }
      ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
      Fields fields = json.readValue(Files.readAllBytes(file), Fields.class);
      return of(fields, file.toAbsolutePath());
    } catch (NoSuchFileException e) {
      throw new CliException("There is no recipe " + file + ".");
    } catch (UnrecognizedPropertyException e) {
      throw new CliException(
          file
              + " is no recipe: field '"
              + e.getPropertyName()
              + "' is none of "
              + e.getKnownPropertyIds()
              + ".\nMaybe look at docs/how-to/forge.md for what they mean.");
    } catch (JsonProcessingException e) {
      throw new CliException(
          file
              + " is no recipe: "
              + e.getOriginalMessage()
              + "\nMaybe look at docs/how-to/forge.md for its fields.");
    }
  }

  private static ForgeRecipe of(@Nullable Fields fields, Path file) {
    if (fields == null || fields.samples == null) {
      throw new CliException("The recipe lacks 'samples', the file or folder to learn from.");
    }
    return new ForgeRecipe(
        file.resolveSibling(fields.samples),
        fields.measure == null ? null : file.resolveSibling(fields.measure),
        or(fields.most, 512),
        or(fields.labels, true),
        or(fields.mean, List.of(0f, 0f, 0f)),
        or(fields.std, List.of(1f, 1f, 1f)),
        fields.segments == null ? OptionalInt.empty() : OptionalInt.of(fields.segments),
        fields.training == null ? Training.DEFAULT : training(fields.training, Training.DEFAULT),
        fields.exits == null ? Exits.NONE : exits(fields.exits),
        fields.cuts == null ? List.of() : or(fields.cuts.bits, CutOptions.USUAL_BITS),
        Optional.ofNullable(fields.retrain)
            .map(retrain -> training(retrain.how(), Training.OF_FAMILY)),
        fields.retrain == null ? Together.DEFAULT : fields.retrain.together());
  }

  private static Exits exits(ExitFields fields) {
    String train = or(fields.train, "frozen");
    if (!train.equals("frozen") && !train.equals("joint")) {
      throw new CliException("'exits.train' is '" + train + "'; it must be 'frozen' or 'joint'.");
    }
    return new Exits(
        or(fields.count, 0),
        or(fields.after, List.of()),
        or(fields.at, List.of()),
        or(fields.layers, Exits.LAYERS),
        train.equals("joint"));
  }

  private static Training training(TrainingFields fields, Training usual) {
    return new Training(
        or(fields.epochs, usual.epochs),
        or(fields.batch, usual.batch),
        or(fields.rate, usual.rate),
        or(fields.padding, usual.padding),
        or(fields.flip, usual.flip),
        or(fields.seed, usual.seed),
        or(fields.threads, usual.threads));
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  private static void require(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new CliException(
          "'" + field + "' is " + value + "; it must be " + least + " to " + most + ".");
    }
  }
}
