package craft.experiment.bench;

import static org.assertj.core.api.Assertions.assertThat;

import craft.experiment.ModelCard;
import craft.lm.CausalLm;
import craft.lm.ModelFolder;
import craft.lm.TorchThread;
import craft.method.bench.ModelBench;
import craft.method.bench.Timing;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RandomModelTest {
    @Test
    void itCanBeLoadedAndLeavesNothingBehind() {
        Path folder;
        RandomModel.Shape shape = new RandomModel.Shape("small", 32, 2, 4, 2, 48, 512, 128);
        try (RandomModel files = RandomModel.write(shape)) {
            folder = files.folder();
            ModelCard card = ModelCard.read(folder.toString());
            assertThat(card.name()).isEqualTo("small");
            assertThat(card.parameters()).isEqualTo(2 * (2048 + 1024 + 4608 + 64) + 32 + 32 * 512);
            try (ModelFolder opened = ModelFolder.open(folder)) {
                assertThat(opened.floats("model.norm.weight")).containsOnly(1);
                assertThat(opened.floats("model.layers.1.mlp.up_proj.weight")).doesNotContain(Float.NaN)
                        .isEqualTo(opened.floats("model.layers.0.mlp.up_proj.weight"));
            }
            TorchThread.prepare();
            try (CausalLm model = CausalLm.load(folder)) {
                assertThat(new ModelBench(model, new Timing(0, 1, 0)).forward(1, 8).seconds()).isPositive();
            }
        }
        assertThat(folder.getParent()).doesNotExist();
    }

    @Test
    void theLargeShapeHas135MillionParameters() {
        RandomModel.Shape s = RandomModel.Shape.OF_135M;
        long d = s.hidden();
        long block = 2 * d * d + 2 * d * d / 3 + 3 * d * s.intermediate() + 2 * d;
        assertThat(s.layers() * block + d + d * s.vocabulary()).isEqualTo(134_515_008);
    }
}
