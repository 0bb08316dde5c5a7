package craft.experiment;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * A list to which elements are only ever added, by one thread. What it hands out stays as it was, is safe to be read by any
 * thread that it is passed to, and costs no copying: the elements below its size never change.
 */
final class Growing<E> {
    private Object[] elements = new Object[16];
    private int size;
    private List<E> soFar = List.of();

    void add(E element) {
        if (size == elements.length) {
            elements = Arrays.copyOf(elements, 2 * size);
        }
        elements[size++] = element;
        soFar = null;
    }

    /** What there is now; it cannot be changed. */
    List<E> soFar() {
        if (soFar == null) {
            soFar = new Beginning<>(elements, size);
        }
        return soFar;
    }

    private static final class Beginning<E> extends AbstractList<E> implements RandomAccess {
        private final Object[] elements;
        private final int size;

        Beginning(Object[] elements, int size) {
            this.elements = elements;
            this.size = size;
        }

        @Override
        @SuppressWarnings("unchecked") // only add() puts something in
        public E get(int index) {
            if (index >= size) {
                throw new IndexOutOfBoundsException("Index " + index + " of " + size + " elements");
            }
            return (E) elements[index];
        }

        @Override
        public int size() {
            return size;
        }
    }
}
