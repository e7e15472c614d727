package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The sub-model that answers first.
 *
 * @param plan that sends it, to a device that has nothing
 * @param model its chunks
 * @param answers what ONNX Runtime answers with it as a plain file
 */
record Starter(Plan plan, SubModel model, List<Map<String, Tensor>> answers) {

  static Starter of(Workbench bench, PackageFile pack, Plan plan, Subject subject)
      throws IOException {
    SubModel model =
        SubModel.closureOf(
            pack.manifest(), Range.indices(plan.content().chunks()).limit(plan.starterChunks()));
    Path onnx = bench.fresh("starter.onnx");
    new SubModelExporter(bench.fresh("exports")).exportTo(onnx, pack.manifest(), pack, model);
    return new Starter(plan, model, Answers.of(onnx, subject.questions(), Optimisation.ALL));
  }

  double bitsPerWeight() {
    return 8.0 * model.bytes() / model.manifest().weightCount();
  }
}
