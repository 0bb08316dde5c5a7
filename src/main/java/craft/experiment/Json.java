package craft.experiment;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The one way recipes and events become JSON and back. Strict: unknown and repeated keys, missing numbers, text where a
 * number belongs and anything after the end are refused. Constants are written as {@code line-search} and read in any
 * case, with {@code -} or {@code _}; NaN and infinities are written as text ({@code "NaN"}), which standard JSON
 * allows.
 */
public final class Json {
    private static final ObjectMapper MAPPER = make();

    private Json() {
    }

    /** Shared and thread-safe; not to be configured further. Makes one line of JSON, without line breaks. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    private static ObjectMapper make() {
        SimpleModule enums = new SimpleModule("enums");
        enums.addSerializer(new ConstantWriter());
        enums.setDeserializerModifier(new BeanDeserializerModifier() {
            private static final long serialVersionUID = 1L;

            @Override
            public JsonDeserializer<?> modifyEnumDeserializer(DeserializationConfig config, JavaType type,
                    BeanDescription description, JsonDeserializer<?> usual) {
                return new ConstantReader(type.getRawClass());
            }
        });
        return JsonMapper.builder()
                .addModule(enums)
                .addMixIn(RunEvent.class, EventNames.class)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
    }

    /** {@code LINE_SEARCH} as people write it: {@code line-search}. */
    static String constant(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Events by their plain name, {@code StepDone} rather than {@code RunEvent$StepDone}. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "event")
    private interface EventNames {
    }

    @SuppressWarnings("rawtypes")
    private static final class ConstantWriter extends StdScalarSerializer<Enum> {
        private static final long serialVersionUID = 1L;

        ConstantWriter() {
            super(Enum.class);
        }

        @Override
        public void serialize(Enum value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(constant(value));
        }
    }

    private static final class ConstantReader extends StdScalarDeserializer<Enum<?>> {
        private static final long serialVersionUID = 1L;

        ConstantReader(Class<?> type) {
            super(type);
        }

        @Override
        public Enum<?> deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getText();
            String name = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
            Object[] constants = handledType().getEnumConstants();
            for (Object constant : constants) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return (Enum<?>) constant;
                }
            }
            return (Enum<?>) context.handleWeirdStringValue(handledType(), text, "it must be one of %s",
                    Arrays.stream(constants).map(c -> constant((Enum<?>) c)).collect(Collectors.joining(", ")));
        }
    }
}
