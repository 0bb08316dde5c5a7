package craft.fuzz;

import craft.experiment.Checkpoint;
import craft.experiment.ModelCard;
import craft.experiment.Preflight;
import craft.experiment.Recipe;
import craft.experiment.RecipeReader;
import craft.experiment.TinySequence;
import craft.experiment.study.StudyReader;
import craft.intervention.AdapterFiles;
import craft.intervention.AdapterFiles;
import craft.lm.DType;
import craft.lm.oracle.TinyModels;
import craft.store.RunRecord;
import craft.store.RunSession;
import craft.store.RunStore;
import craft.task.TaskReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every reader of the program, with something good to read. A new reader is one line in {@link #all}. */
final class Doors {
    private final Path root;

    Doors(Path root) {
        this.root = root;
    }

    List<Door> all() throws Exception {
        List<Door> doors = new ArrayList<>();
        doors.add(model("llama", TinyModels.llama().set("tie_word_embeddings", true).set("num_hidden_layers", 2)));
        doors.add(model("llama 3, shards", TinyModels.llama3().dtype(DType.BF16).shards(2)));
        doors.add(model("qwen 3", TinyModels.qwen3().dtype(DType.F16)));
        doors.add(model("gpt-2", TinyModels.gpt2().bare()));
        doors.add(model("neox", TinyModels.neox()));
        doors.add(model("bert", TinyModels.bert()));
        doors.addAll(tasks());
        doors.addAll(recipes());
        doors.addAll(runs());
        return doors;
    }

    private Door model(String name, TinyModels model) throws IOException {
        Path folder = model.write(root.resolve("model " + name));
        write(folder, "tokenizer_config.json", name.equals("bert") ? "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true}"
                : "{\"add_bos_token\": true, \"add_eos_token\": false, \"bos_token\": {\"content\": \"<s>\"}, \"tokenizer_class\": \"LlamaTokenizer\", "
                        + "\"added_tokens_decoder\": {\"1\": {\"content\": \"<s>\"}}}");
        write(folder, "generation_config.json", "{\"eos_token_id\": [2, 3], \"do_sample\": true}");
        write(folder, "about.json", "{\"what\": \"A model.\", \"licence\": \"none\"}");
        return door("model " + name, folder, f -> ModelCard.read(f.toString()).checkNumbers());
    }

    private List<Door> tasks() throws IOException {
        Path lines = root.resolve("task jsonl");
        String about = "{\"instruction\": \"How?\", \"labels\": [\"glad\", \"sad\"], \"licence\": \"none\", \"metric\": \"accuracy\"}";
        write(lines, "about.json", about);
        for (String split : List.of("train", "eval", "test")) {
            write(lines, split + ".jsonl", "{\"text\": \"The sun is out\", \"label\": \"glad\"}\n{\"text\": \"비가 왔다, \\\"x\\\"\", \"label\": \"sad\"}\n");
        }
        Path array = root.resolve("task json");
        for (String split : List.of("train", "test")) {
            write(array, split + ".json", "[{\"prompt\": \"1 and 1 is\", \"answer\": \"2\"}, {\"prompt\": \"2 and 2 is\", \"answer\": \"4\"}]");
        }
        Path commas = root.resolve("task csv");
        write(commas, "about.json", "{\"labels\": [\"glad\", \"sad\"], \"columns\": {\"text\": \"review\", \"label\": \"class\"}}");
        for (String split : List.of("train", "test")) {
            write(commas, split + ".csv", "review,class,id\n\"The sun, out\",glad,1\n\"He said \"\"no\"\"\",sad,2\nrain,sad,3\n");
        }
        Path tabs = root.resolve("task tsv");
        write(tabs, "about.json", about);
        for (String split : List.of("train", "test")) {
            write(tabs, split + ".tsv", "text\tlabel\nThe sun\tglad\nthe \"rain\" came\tsad\n");
        }
        Path benchmark = root.resolve("task o-lora");
        write(benchmark, "labels.json", "[\"World\", \"Sports\"]");
        for (String split : List.of("train", "test")) {
            write(benchmark, split + ".json", "[{\"sentence\": \"a ball\", \"label\": \"Sports\"}, {\"sentence\": \"a war\", \"label\": \"World\"}]");
        }
        List<Door> doors = new ArrayList<>();
        for (Path folder : List.of(lines, array, commas, tabs, benchmark)) {
            doors.add(door(folder.getFileName().toString(), folder, f -> TaskReader.read(f).requireAllGood()));
        }
        return doors;
    }

    private List<Door> recipes() throws IOException {
        Path folder = TinySequence.write(root.resolve("recipe"));
        TinyModels.llama().set("num_hidden_layers", 4).write(folder.resolve("m"));
        write(folder, "recipe.json", Files.readString(folder.resolve("recipe.json")).replaceAll("\"model\":\"[^\"]*\"", "\"model\":\"m\""));
        Path lora = root.resolve("recipe lora");
        write(lora, "recipe.json", "{\"name\": \"L\", \"model\": \"" + folder.resolve("m") + "\", \"tasks\": [\"" + folder.resolve("who") + "\"], \"method\": "
                + "{\"type\": \"sequential\", \"adapter\": {\"kind\": \"lora\", \"lora\": {\"targets\": \"q,v\", \"layers\": \"all\", \"rank\": 2, \"alpha\": 4}}}, "
                + "\"training\": {\"learningRate\": 0.01, \"epochsByTask\": \"who = 2\"}, \"engine\": {\"precision\": \"bfloat16\", \"parts\": 1}, "
                + "\"data\": {\"trainRows\": 8, \"testRows\": 4}, \"scenario\": \"cil\"}");
        Path study = TinySequence.write(root.resolve("study"));
        write(study, "study.json", "{\"name\": \"S\", \"base\": \"recipe.json\", \"methods\": [{\"name\": \"CRAFT\"}, {\"name\": \"sequential\", \"set\": "
                + "{\"method.type\": \"sequential\"}}], \"grid\": {\"method.routing.rho\": [0.1, 0.3]}, \"seeds\": [1, 2], \"orders\": "
                + "{\"random\": 2, \"seed\": 1}, \"reference\": \"CRAFT\", \"joint\": \"sequential\"}");
        return List.of(new Door("recipe", folder, List.of("recipe.json"), f -> Preflight.check(RecipeReader.read(f.resolve("recipe.json"), Map.of()))),
                new Door("recipe lora", lora, List.of("recipe.json"), f -> Preflight.check(RecipeReader.read(f, Map.of()))),
                new Door("study", study, List.of("study.json", "recipe.json"), StudyReader::read));
    }

    /** A run of CRAFT and one of LoRA, as they are on disk when they have ended. */
    private List<Door> runs() throws Exception {
        Path sequence = TinySequence.write(root.resolve("sequence"), 1);
        List<Door> doors = new ArrayList<>();
        doors.addAll(run("craft", RecipeReader.read(sequence, Map.of("tasks", "who", "training.epochs", "1", "engine.checkpointEvery", "1"))));
        doors.addAll(run("lora", RecipeReader.read(sequence, Map.of("tasks", "who", "training.epochs", "1", "method.type", "sequential",
                "method.adapter.kind", "lora", "engine.checkpointEvery", "1"))));
        return doors;
    }

    private List<Door> run(String name, Recipe recipe) throws Exception {
        RunSession session = new RunStore(root.resolve("runs " + name)).prepare(recipe);
        session.control().start();
        session.control().await();
        Path folder = session.folder();
        List<Door> doors = new ArrayList<>();
        doors.add(new Door("run " + name, folder, top(folder), f -> {
            RunRecord run = RunStore.open(f);
            run.remarks().forEach(FuzzTest::requireClear);
            for (int after = 0; after <= 1; after++) {
                run.predictions(after, 1);
            }
            run.hasInterventions();
        }));
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                Path parent = file.getParent();
                switch (file.getFileName().toString()) {
                    case Checkpoint.STATE -> doors.add(door("checkpoint " + name + " " + parent.getFileName(), parent, Checkpoint::read));
                    case AdapterFiles.DESCRIPTION -> doors.add(door("adapters " + name, parent, AdapterFiles::read));
                    default -> { }
                }
            }
        }
        return doors;
    }

    /** What a run's own reader opens: its files, without those of checkpoints and adapters. */
    private static List<String> top(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString())
                    .filter(f -> !f.startsWith("checkpoints") && !f.startsWith("interventions") && !f.endsWith("lock")).sorted().toList();
        }
    }

    private static Door door(String name, Path folder, Door.Opening opening) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return new Door(name, folder, all.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).sorted().toList(), opening);
        }
    }

    private static void write(Path folder, String name, String text) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }
}
