package language_test

import (
	"context"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/chsreform/chsreform/assessment"
	"github.com/chsreform/chsreform/reformcycle"
	"github.com/chsreform/chsreform/reformcycle/language"
	"github.com/chsreform/chsreform/reformcycle/language/es"
	"github.com/chsreform/chsreform/reformcycle/language/fr"
	"github.com/chsreform/chsreform/reformcycle/language/pt"
)

// A program has the languages that it imports, and whoever asks gets the one that suits.
func Example() {
	offered := []*language.Language{language.English(), fr.Language(), pt.Language(), es.Language()}
	cycle, err := reformcycle.New("EXAMPLE")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, wanted := range []string{"fr-CM, en;q=0.5", "pt-MZ", "es-GT", "en-KE"} {
		l := language.Match(offered, wanted)
		fmt.Printf("%s: %s, %s\n", l.Tag(), l.Say(cycle.State().Stage().Told()), l.Date("2026-03-02"))
	}
	// Output:
	// fr: priorisation du problème, 2 mars 2026
	// pt: priorização do problema, 2 de março de 2026
	// es: priorización del problema, 2 de marzo de 2026
	// en-GB: problem prioritization, 2 March 2026
}

// A refusal is an error, in English for a log; a language tells it to people.
func ExampleLanguage_Refusal() {
	cycle, _ := reformcycle.New("EXAMPLE")
	team := reformcycle.By("Équipe de la réforme").At(time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC))
	_, err := cycle.Apply(context.Background(), team, reformcycle.FrameProblem{Problem: reformcycle.Problem{ID: "distance"}})
	fmt.Println(err)
	fmt.Println(fr.Language().Refusal(err))
	// Output:
	// frame-problem: problem.statement: got "", want a text of 1 to 4096 characters that says something
	// frame-problem : problem.statement : reçu "", attendu un texte de 1 à 4096 caractères qui dit quelque chose
}

// A host's own criteria are written in one language and translated in a file; those of
// ours that it kept are said by ours.
func ExampleSource_ReadFolder() {
	own, err := reformcycle.ReformChecklist().Derive("2",
		assessment.Cite(assessment.Source{Key: "decree", Citation: "A decree of the ministry, made up for this example."}),
		assessment.Add(assessment.Criterion{
			ID: "housing", Section: "program-readiness", Kind: assessment.Rated,
			Text: "Workers have a place to live.", Remedy: "Agree on housing with each village.", Sources: []string{"decree"},
		}))
	if err != nil {
		fmt.Println(err)
		return
	}
	folder := fstest.MapFS{"housing.po": {Data: []byte(`
msgid ""
msgstr ""
"Language: fr\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"

msgid "Workers have a place to live."
msgstr "Les agents ont un logement."

msgid "Workers have a bicycle."
msgstr "Les agents ont un vélo."
`)}} // os.DirFS("translations/fr"), or an embedded folder
	catalogue, remarks, err := language.Texts().ReadFolder("fr", folder)
	if err != nil {
		fmt.Println(err) // by file, line and text
		return
	}
	for _, r := range remarks {
		fmt.Println(r)
	}
	french, err := fr.Language().With(catalogue)
	if err != nil {
		fmt.Println(err)
		return
	}
	var texts []string
	for _, c := range own.All() {
		texts = append(texts, c.Text, c.Remedy)
		if c.ID == "housing" {
			fmt.Println(french.Say(language.Built(c.Text)))
		}
	}
	fmt.Println("missing:", french.Missing(language.Texts(), texts...))
	fmt.Println("left over:", catalogue.LeftOver(texts...))
	// Output:
	// Les agents ont un logement.
	// missing: [Agree on housing with each village.]
	// left over: [Workers have a bicycle.]
}
