package craft.ui;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import craft.experiment.Bundled;
import craft.experiment.MemoryEstimate;
import craft.experiment.ModelCard;
import craft.experiment.Preflight;
import craft.experiment.RecipeReader;
import craft.store.ExportFormat;
import craft.store.RunSummary;
import craft.task.TaskReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The window reaches the disk through few doors, which {@link DiskGuard} watches in every test of the window: whoever goes around
 * them is found here.
 */
class DiskDoorsTest {
    /** What reads and writes for the window, always in the background. */
    private static final DescribedPredicate<JavaClass> DOORS = belongToAnyOf(FileInputs.class, StoreRuns.class, Settings.class, Memory.class);
    private static final Set<String> OF_A_NAME = Set.of("getName", "getPath", "toPath", "getParent", "toString", "<init>");

    private static final JavaClasses WINDOW = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("craft.ui");

    private static final DescribedPredicate<JavaCodeUnit> TOUCHES_A_FILE = describe("touch a file", unit -> {
        JavaClass of = unit.getOwner();
        return of.isEquivalentTo(File.class) && !OF_A_NAME.contains(unit.getName())
                || of.isEquivalentTo(Path.class) && unit.getName().equals("toRealPath")
                || Set.of(Files.class, FileInputStream.class, FileOutputStream.class, FileReader.class, FileWriter.class,
                        RandomAccessFile.class, FileChannel.class).stream().anyMatch(of::isEquivalentTo);
    });

    private static ArchRule noFiles() {
        return noClasses().that().resideInAPackage("craft.ui..").and(DescribedPredicate.not(DOORS))
                .should().callCodeUnitWhere(describe("it touches a file", call -> call.getTarget().resolveMember()
                        .map(member -> TOUCHES_A_FILE.test((JavaCodeUnit) member)).orElse(false)))
                .because("the JavaFX thread must never wait for a disk: reading goes through Inputs and Runs, in the background");
    }

    private static ArchRule noReaders() {
        DescribedPredicate<JavaClass> data = belongToAnyOf(RunSummary.class, ExportFormat.class);
        DescribedPredicate<JavaClass> readers = resideInAnyPackage("craft.store..").and(DescribedPredicate.not(data))
                .or(belongToAnyOf(RecipeReader.class, TaskReader.class, MemoryEstimate.class, Bundled.class, Preflight.class));
        return noClasses().that().resideInAPackage("craft.ui..").and(DescribedPredicate.not(DOORS))
                .and().doNotHaveFullyQualifiedName(Services.class.getName()) // which opens the doors
                .should().dependOnClassesThat(readers)
                .orShould().callMethod(ModelCard.class, "read", String.class)
                .because("what reads files for the window is behind Inputs and Runs, where every test sees on which thread");
    }

    @Test
    void onlyTheDoorsTouchFiles() {
        noFiles().check(WINDOW);
    }

    @Test
    void onlyTheDoorsKnowWhatReadsFiles() {
        noReaders().check(WINDOW);
    }

    /** A look at the disk from a view, as there was one. */
    private static final class Careless {
        boolean there(Path path) {
            return Files.exists(path);
        }

        long memory(Path model) {
            return MemoryEstimate.ofModel(model).total();
        }
    }

    @Test
    void aLookFromElsewhereIsFound() {
        JavaClasses careless = new ClassFileImporter().importClasses(Careless.class);
        assertThat(careless).hasSize(1);
        assertThatThrownBy(() -> noFiles().check(careless)).isInstanceOf(AssertionError.class).hasMessageContaining("exists");
        assertThatThrownBy(() -> noReaders().check(careless)).isInstanceOf(AssertionError.class).hasMessageContaining("ofModel");
    }
}
