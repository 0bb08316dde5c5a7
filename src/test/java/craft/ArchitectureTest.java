package craft;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms. Each rule says why it is there. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("craft");

    @Test
    void roomsUseOnlyTheRoomsBelowThem() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("error").definedBy("craft.error..")
                .layer("lm").definedBy("craft.lm..")
                .layer("intervention").definedBy("craft.intervention..")
                .layer("method").definedBy("craft.method..")
                .layer("task").definedBy("craft.task..")
                .layer("experiment").definedBy("craft.experiment..")
                .layer("store").definedBy("craft.store..")
                .layer("cli").definedBy("craft.cli..")
                .layer("ui").definedBy("craft.ui..")
                .whereLayer("lm").mayOnlyBeAccessedByLayers("intervention", "method", "experiment")
                .whereLayer("intervention").mayOnlyBeAccessedByLayers("method", "experiment", "store")
                .whereLayer("method").mayOnlyBeAccessedByLayers("experiment")
                .whereLayer("task").mayOnlyBeAccessedByLayers("experiment", "store", "cli", "ui")
                .whereLayer("experiment").mayOnlyBeAccessedByLayers("store", "cli", "ui")
                .whereLayer("store").mayOnlyBeAccessedByLayers("cli", "ui")
                .whereLayer("cli").mayNotBeAccessedByAnyLayer()
                .whereLayer("ui").mayNotBeAccessedByAnyLayer()
                .because("data goes one way, recipe -> runner -> events -> journal and views, and a newcomer must find a line's room")
                .check(CLASSES);
    }

    @Test
    void onlyTheWindowKnowsJavaFx() {
        noClasses().that().resideOutsideOfPackage("craft.ui..")
                .should().dependOnClassesThat().resideInAnyPackage("javafx..", "org.controlsfx..", "org.jfree..", "atlantafx..", "org.kordamp..")
                .because("everything but the window must run on a machine without a screen")
                .check(CLASSES);
    }

    @Test
    void onlyTheEngineKnowsDjl() {
        noClasses().that().resideOutsideOfPackages("craft.lm..", "craft.intervention..", "craft.method..")
                .should().dependOnClassesThat().resideInAnyPackage("ai.djl..")
                .because("native memory is owned where its lifetime is known, and another engine must touch three rooms only")
                .check(CLASSES);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("craft.(*)..").should().beFreeOfCycles()
                .because("two rooms that need each other are one room")
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses().that().resideOutsideOfPackages("craft.cli..")
                .should().accessField(System.class, "out").orShould().accessField(System.class, "err")
                .because("what is printed is the command line's promise to scripts")
                .check(CLASSES);
    }

    @Test
    void nobodyMultipliesByANumberThatIsFreed() {
        for (String operation : new String[] {"mul", "div", "pow"}) {
            noClasses().should().callMethod(NDArray.class, operation, Number.class)
                    .because("DJL frees the number at once, and the gradient still reads it: take craft.lm.Scaled")
                    .check(CLASSES);
        }
    }
}
