package dev.insitu.train.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One node with its inputs; closing it releases what was made on the way. */
public final class OpCall implements AutoCloseable {

  private final NodeProto node;
  private final int opset;
  private final List<@Nullable NDArray> inputs;
  private final boolean training;
  private final NDManager scope;
  private final Set<NDArray> passing = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * @param opset version of ONNX's operator set
   * @param inputs null where an optional one is left out
   * @param training whether statistics are the batch's and dropout drops
   * @param scope where arrays are made
   */
  public OpCall(
      NodeProto node,
      int opset,
      List<@Nullable NDArray> inputs,
      boolean training,
      NDManager scope) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
    this.training = training;
    this.scope = scope;
  }

  NodeProto node() {
    return node;
  }

  int opset() {
    return opset;
  }

  boolean training() {
    return training;
  }

  NDManager scope() {
    return scope;
  }

  int inputCount() {
    return inputs.size();
  }

  boolean has(int input) {
    return input < inputs.size() && inputs.get(input) != null;
  }

  /** An input that must be there. */
  PtNDArray in(int input) {
    NDArray array = input < inputs.size() ? inputs.get(input) : null;
    if (array == null) {
      throw new TrainException(Operators.text(node) + " lacks input " + input + ".");
    }
    return (PtNDArray) array;
  }

  @Nullable PtNDArray inOrNull(int input) {
    return has(input) ? in(input) : null;
  }

  /** All inputs. */
  List<NDArray> all() {
    List<NDArray> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      all.add(in(i));
    }
    return all;
  }

  /** The shape of an input. */
  long[] dims(int input) {
    return dims(in(input));
  }

  /** The shape of an array, in a list of its own: DJL hands out the array's. */
  static long[] dims(NDArray array) {
    return array.getShape().getShape().clone();
  }

  int rank(int input) {
    return in(input).getShape().dimension();
  }

  /** The values of an input of integers. */
  long[] longs(int input) {
    NDArray array = in(input);
    if (array.getDataType() == DataType.INT64) {
      return array.toLongArray();
    }
    try (NDArray integers = array.toType(DataType.INT64, true)) {
      return integers.toLongArray();
    }
  }

  /** A list attribute or else the values of that input; null if there is neither. */
  long @Nullable [] longs(String attribute, int input) {
    long[] list = longs(attribute);
    return list != null ? list : has(input) ? longs(input) : null;
  }

  /** A list attribute; null if there is none. */
  long @Nullable [] longs(String attribute) {
    AttributeProto found = attribute(attribute);
    return found == null ? null : found.getIntsList().stream().mapToLong(Long::longValue).toArray();
  }

  /** A list attribute with a default. */
  long[] longs(String attribute, long[] otherwise) {
    long[] list = longs(attribute);
    return list == null ? otherwise : list;
  }

  long integer(String attribute, long otherwise) {
    AttributeProto found = attribute(attribute);
    return found == null ? otherwise : found.getI();
  }

  float real(String attribute, float otherwise) {
    AttributeProto found = attribute(attribute);
    return found == null ? otherwise : found.getF();
  }

  String text(String attribute, String otherwise) {
    AttributeProto found = attribute(attribute);
    return found == null ? otherwise : found.getS().toStringUtf8();
  }

  @Nullable AttributeProto attribute(String name) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return attribute;
      }
    }
    return null;
  }

  /** An axis attribute as an index from the front. */
  int axis(String attribute, long otherwise, int rank) {
    return axis(integer(attribute, otherwise), rank);
  }

  int axis(long axis, int rank) {
    long index = axis < 0 ? axis + rank : axis;
    if (index < 0 || index > rank) {
      throw new TrainException(
          Operators.text(node) + " has axis " + axis + " of " + rank + " dimensions.");
    }
    return (int) index;
  }

  /** A constant. */
  NDArray scalar(double value) {
    return passing(Torch.scalar(scope, value));
  }

  /** An array that no output is and that nobody needs after the node; gradients keep theirs. */
  <T extends NDArray> T passing(T array) {
    passing.add(array);
    return array;
  }

  /** An array that was passing and becomes the output. */
  NDArray kept(NDArray array) {
    passing.remove(array);
    return array;
  }

  /** What this interpreter does not do, though it knows the operator. */
  TrainException lacks(String what) {
    return new TrainException(
        Operators.text(node)
            + " of opset "
            + opset
            + " cannot be trained with "
            + what
            + ".\nMaybe make the package without re-training, which needs no operator here.");
  }

  @Override
  public void close() {
    passing.forEach(NDArray::close);
  }
}
