package craft.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript module made from a text: its class is {@code M}, it holds no weights, and its methods are called with
 * tensors and lists of tensors. Java writes the archive that PyTorch loads, so that no Python is needed anywhere.
 *
 * <p>A result belongs to the manager of the call's first argument. Whether a call builds a graph follows the calling
 * thread's gradient mode (see {@link TorchThread}).
 *
 * <p>A script may compute in number types that DJL has no name for, such as bfloat16, but may not give them to Java: most of
 * what DJL does with such an array ends the process. {@link #call} refuses them.
 */
public final class ScriptModule {
    /** A pickled object of class {@code __torch__.M} with its only attribute, training = True (protocol 2). */
    private static final byte[] DATA =
            "\u0080\u0002c__torch__\nM\nq\u0000)\u0081}(X\u0008\u0000\u0000\u0000training\u0088ub.".getBytes(StandardCharsets.ISO_8859_1);
    /** A pickled empty tuple. */
    private static final byte[] CONSTANTS = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);

    private static final LongAdder CALLS = new LongAdder();

    private final PtSymbolBlock block;
    private final NDManager names;

    private ScriptModule(PtSymbolBlock block, NDManager names) {
        this.block = block;
        this.names = names;
    }

    /**
     * @param owner manager whose closing frees the module
     * @param text class path resource with the text
     * @param values for the text's {@code ${name}} marks
     */
    public static ScriptModule load(NDManager owner, String text, Map<String, String> values) {
        byte[] archive = archive(fill(read(text), values));
        try {
            PtSymbolBlock block = JniUtils.loadModule((PtNDManager) owner, new ByteArrayInputStream(archive), false, false);
            return new ScriptModule(block, owner.newSubManager());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Calls a method. Arrays of a {@link Tensors} argument are passed as one list.
     *
     * @param arguments {@link NDArray} or {@link Tensors}; the first must be an array of the manager that is to own the results
     * @throws IllegalStateException when a result is of a type that DJL cannot handle
     */
    public NDList call(String method, Object... arguments) {
        NDList results = callOpaque(method, arguments);
        for (NDArray result : results) {
            if (result.getDataType() == DataType.UNKNOWN) {
                results.close();
                throw new IllegalStateException("the script's " + method + " gives Java an array that it must not touch");
            }
        }
        return results;
    }

    /**
     * The same for results that are only handed back to scripts. Of an array of unknown type nothing but {@code attach} and
     * {@code close} may be called.
     */
    NDList callOpaque(String method, Object... arguments) {
        CALLS.increment();
        NDList inputs = new NDList();
        int lists = 0;
        for (Object argument : arguments) {
            if (argument instanceof Tensors tensors) {
                String name = "list" + lists++ + "[]";
                for (NDArray array : tensors.arrays()) {
                    array.setName(name);
                    inputs.add(array);
                }
            } else {
                NDArray array = (NDArray) argument;
                array.setName(null);
                inputs.add(array);
            }
        }
        try (NDManager scope = names.newSubManager()) {
            NDArray name = scope.create(0f);
            name.setName("module_method:" + method);
            inputs.add(name);
            return IValueUtils.forward(block, inputs, true);
        }
    }

    /** How many calls into TorchScript this process has made so far: each is one way into native code and back. */
    public static long calls() {
        return CALLS.sum();
    }

    /** Arrays passed to a script as one {@code List[Tensor]}; never empty. */
    public record Tensors(List<NDArray> arrays) {
        public Tensors {
            if (arrays.isEmpty()) {
                throw new IllegalArgumentException("a script takes no empty list");
            }
        }
    }

    private static String read(String resource) {
        try (InputStream in = ScriptModule.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String fill(String text, Map<String, String> values) {
        StringBuilder code = new StringBuilder();
        text.lines().filter(line -> !line.stripLeading().startsWith("#")).forEach(line -> code.append(line).append('\n'));
        String filled = code.toString();
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", value.getValue());
        }
        int left = filled.indexOf("${");
        if (left >= 0) {
            throw new IllegalStateException("no value for " + filled.substring(left, filled.indexOf('}', left) + 1));
        }
        return filled;
    }

    private static byte[] archive(String code) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "m/data.pkl", DATA);
            store(zip, "m/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "m/constants.pkl", CONSTANTS);
            store(zip, "m/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
