import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferResult;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.InferenceServerClient.InferArguments;
import triton.client.pojo.DataType;

/**
 * Asks a server with the Java client of the Triton Inference Server. Arguments: host and port, model, input, its shape,
 * a file of its floats, output.
 */
class AskByTriton {

  public static void main(String[] arguments) throws Exception {
    long[] shape = Arrays.stream(arguments[3].split(",")).mapToLong(Long::parseLong).toArray();
    FloatBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[4]))).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[file.remaining()];
    file.get(values);
    PrintStream out = System.out;
    try (InferenceServerClient client = new InferenceServerClient(arguments[0], 5000, 20_000)) {
      for (boolean bytesIn : new boolean[] {true, false}) {
        InferInput input = new InferInput(arguments[2], shape, DataType.FP32);
        input.setData(values, bytesIn);
        for (boolean bytesOut : new boolean[] {true, false}) {
          InferRequestedOutput output = new InferRequestedOutput(arguments[5], bytesOut);
          InferResult result =
              client.infer(
                  new InferArguments(arguments[1], List.of(input), List.of(output))
                      .setModelVersion("1")
                      .setRequestId("id-7"));
          out.println(result.getResponse().getModelName() + " " + result.getResponse().getId());
          out.println(Arrays.toString(result.getOutputAsFloat(arguments[5])));
        }
      }
      client.setRetryCnt(1);
      InferInput wrong = new InferInput("wrong", shape, DataType.FP32);
      wrong.setData(values, true);
      client.infer(arguments[1], List.of(wrong), List.of(new InferRequestedOutput(arguments[5])));
    } catch (InferenceException e) {
      out.println("refused: " + e.getMessage());
    }
    System.exit(0); // threads of the client live on
  }
}
