package craft.lm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys of a config.json that none of our readers asked for. Those that cannot change what a frozen model computes are let be;
 * any other is named, since the folder's maker may have meant something by it.
 */
final class UnreadKeys {
    /** Bookkeeping, settings of training, of other heads and of other programs. */
    private static final Set<String> HARMLESS = Set.of("model_type", "torch_dtype", "dtype", "use_cache", "name_or_path", "transformers_version",
            "transformers.js_config", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "cls_token_id", "mask_token_id", "unk_token_id",
            "decoder_start_token_id", "image_token_id", "tokenizer_class", "model_max_length", "initializer_range", "initializer_factor",
            "gradient_checkpointing", "use_bfloat16", "torchscript", "return_dict", "output_attentions", "output_hidden_states",
            "chunk_size_feed_forward", "pretraining_tp", "n_ctx", "directionality", "reorder_and_upcast_attn", "attn_implementation",
            "cache_implementation", "is_llama_config", "problem_type", "id2label", "label2id", "num_labels", "finetuning_task",
            "task_specific_params", "prefix", "title", "license", "tie_encoder_decoder", "cross_attention_hidden_size", "vocab_file",
            "max_length", "min_length", "do_sample", "early_stopping", "num_beams", "num_beam_groups", "diversity_penalty", "temperature",
            "top_k", "top_p", "typical_p", "repetition_penalty", "length_penalty", "no_repeat_ngram_size", "encoder_no_repeat_ngram_size",
            "bad_words_ids", "num_return_sequences", "output_scores", "return_dict_in_generate", "forced_bos_token_id", "forced_eos_token_id",
            "remove_invalid_values", "exponential_decay_length_penalty", "suppress_tokens", "begin_suppress_tokens", "max_new_tokens",
            "num_logits_to_keep", "use_flash_attention", "use_flash_attn", "keys_to_ignore_at_inference");
    private static final Pattern HARMLESS_KINDS = Pattern.compile("_.*|.*dropout|.*dropout_prob|.*_pdrop|summary_.*|pooler_.*|unsloth_.*|.*_loss_coef|"
            + "base_model.*|initializer_.*");
    /** True in most models that have them, so that false says something. */
    private static final Set<String> USUALLY_TRUE = Set.of("scale_attn_weights", "use_parallel_residual", "parallel_attn", "is_causal", "use_rope",
            "use_rotary", "use_bias", "bias", "norm_bias", "do_layer_norm_before", "scale_attention", "use_gated_mlp");
    private static final Pattern FACTORS = Pattern.compile(".*(multiplier|scaling|scale|factor)");
    private static final int SHOWN = 12;

    private UnreadKeys() {
    }

    static List<String> remarks(ConfigJson json, String architecture) {
        List<String> keys = new ArrayList<>();
        boolean code = false;
        for (Map.Entry<String, JsonNode> entry : json.unread().entrySet()) {
            code |= entry.getKey().equals("auto_map") && !plain(entry.getKey(), entry.getValue());
            if (!entry.getKey().equals("auto_map") && !plain(entry.getKey(), entry.getValue())) {
                keys.add("\"" + entry.getKey() + "\" (" + ConfigJson.brief(entry.getValue()) + ")");
            }
        }
        List<String> remarks = new ArrayList<>();
        if (!keys.isEmpty()) {
            int more = keys.size() - SHOWN;
            remarks.add("config.json says more than is used of an " + architecture + ": "
                    + String.join(", ", keys.subList(0, Math.min(SHOWN, keys.size()))) + (more > 0 ? " and " + more + " more" : "")
                    + ". If the model was trained with " + (keys.size() == 1 ? "it" : "them") + ", another model is computed here.");
        }
        if (code) {
            remarks.add("config.json names program code of its own (\"auto_map\"), which is not run: the model is computed as an "
                    + architecture + ".");
        }
        return remarks;
    }

    private static boolean plain(String path, JsonNode value) {
        String key = path.substring(path.lastIndexOf('.') + 1);
        if (HARMLESS.contains(path) || HARMLESS_KINDS.matcher(path).matches() || value.isNull()
                || value.isContainerNode() && value.isEmpty() || value.isTextual() && value.textValue().isBlank()) {
            return true;
        }
        if (value.isBoolean()) {
            return value.booleanValue() == USUALLY_TRUE.contains(key);
        }
        if (value.isNumber()) {
            return value.doubleValue() == (FACTORS.matcher(key).matches() ? 1 : 0);
        }
        if (key.equals("layer_types") && value.isArray()) {
            for (JsonNode kind : value) {
                if (!kind.asText().equals("full_attention")) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }
}
