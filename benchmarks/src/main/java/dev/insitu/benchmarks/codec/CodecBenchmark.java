package dev.insitu.benchmarks.codec;

import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.EntropyCoding;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a device does with chunks, and what a packer does, for 4 Mi Gaussian weights.
 *
 * <pre>
 * mvn -q -f benchmarks/pom.xml package -Dquick
 * java --enable-native-access=ALL-UNNAMED -jar benchmarks/target/insitu-benchmarks-*.jar CodecBenchmark
 * </pre>
 *
 * <p>An operation handles all weights once; divide by 4194304 for the time of one.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx3g"})
@SuppressWarnings("NullAway.Init") // JMH calls prepare() before anything else
public class CodecBenchmark {

  private static final int WEIGHTS = 1 << 22;

  /** Steps a standard deviation: 4 and 8 bits a weight. */
  @Param({"4", "64"})
  double stepsPerSigma;

  private CodecWorkload work;
  private List<BlockState> held;
  private ByteBuffer target;

  /** Makes the chunks and checks that they give the reference. */
  @Setup
  public void prepare() {
    work = new CodecWorkload(WEIGHTS, stepsPerSigma);
    work.quantise();
    work.encode(EntropyCoding.SHORTEST);
    work.gate();
    held = work.fresh();
    for (int group = 0; group <= CodecWorkload.LEVELS; group++) {
      work.add(group, held);
    }
    target = CodecWorkload.direct(WEIGHTS);
  }

  /** The bound: the same floats copied. */
  @Benchmark
  public ByteBuffer copy() {
    return target.duplicate().put(work.reference.duplicate());
  }

  /** Verifies and adds the base and all planes. */
  @Benchmark
  public List<BlockState> addAllPlanes() {
    List<BlockState> states = work.fresh();
    for (int group = 0; group <= CodecWorkload.LEVELS; group++) {
      work.add(group, states);
    }
    return states;
  }

  /** Writes the floats of what is held. */
  @Benchmark
  public ByteBuffer rebuild() {
    work.rebuild(held, target);
    return target;
  }

  /** Verifies the lossless group and writes the reference. */
  @Benchmark
  public ByteBuffer addLossless() {
    work.addLossless(held, target);
    return target;
  }

  /** Quantises and writes all chunks. */
  @Benchmark
  public long pack() {
    work.quantise();
    work.encode(EntropyCoding.SHORTEST);
    return work.bytes(0, CodecWorkload.LEVELS + 1);
  }
}
