package craft.method;

import craft.lm.FloatTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be kept to go on exactly where a method is: named arrays and named values. Names are dotted paths; a part is
 * the same state seen from below a name. What is missing when it is read is an {@link IllegalStateException}: a checkpoint
 * whose checksums are right never lacks anything.
 */
public final class State {
    private final String prefix;
    private final Map<String, FloatTensor> arrays;
    private final Map<String, String> values;

    /** An empty one. */
    public State() {
        this("", new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** One that was kept. */
    public State(Map<String, FloatTensor> arrays, Map<String, String> values) {
        this("", new LinkedHashMap<>(arrays), new LinkedHashMap<>(values));
    }

    private State(String prefix, Map<String, FloatTensor> arrays, Map<String, String> values) {
        this.prefix = prefix;
        this.arrays = arrays;
        this.values = values;
    }

    /** Everything below {@code name}, for reading and writing. */
    public State part(String name) {
        return new State(prefix + name + ".", arrays, values);
    }

    public State part(int index) {
        return part(Integer.toString(index));
    }

    public void put(String name, FloatTensor array) {
        arrays.put(prefix + name, array);
    }

    public void put(String name, List<FloatTensor> list) {
        put(name, list.size());
        for (int i = 0; i < list.size(); i++) {
            put(name + "." + i, list.get(i));
        }
    }

    public void put(String name, String value) {
        values.put(prefix + name, value);
    }

    public void put(String name, long value) {
        put(name, Long.toString(value));
    }

    /** Kept exactly: Java writes as many digits as the number needs to be read back. */
    public void put(String name, double value) {
        put(name, Double.toString(value));
    }

    public void put(String name, boolean value) {
        put(name, Boolean.toString(value));
    }

    public boolean has(String name) {
        return values.containsKey(prefix + name) || arrays.containsKey(prefix + name);
    }

    public FloatTensor array(String name) {
        return known(arrays, name);
    }

    public List<FloatTensor> arrays(String name) {
        List<FloatTensor> list = new ArrayList<>();
        for (int i = 0; i < integer(name); i++) {
            list.add(array(name + "." + i));
        }
        return list;
    }

    public String text(String name) {
        return known(values, name);
    }

    public int integer(String name) {
        return Integer.parseInt(text(name));
    }

    public long number(String name) {
        return Long.parseLong(text(name));
    }

    public double real(String name) {
        return Double.parseDouble(text(name));
    }

    public boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }

    private <T> T known(Map<String, T> map, String name) {
        T found = map.get(prefix + name);
        if (found == null) {
            throw new IllegalStateException("the state has no " + prefix + name);
        }
        return found;
    }

    /** All arrays, by their whole names, in the order they were put. */
    public Map<String, FloatTensor> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    /** All values, by their whole names. */
    public Map<String, String> values() {
        return Collections.unmodifiableMap(values);
    }
}
