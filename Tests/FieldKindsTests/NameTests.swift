import FieldKinds
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("张 伟", "张伟"), ("欧阳　娜娜", "欧阳娜娜"), (" 李  明 ", "李明"), ("阿卜杜拉•买买提", "阿卜杜拉·买买提"), ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("Ada  Lovelace", "Ada Lovelace"), ("Ｊｏｈｎ Smith", "John Smith"), ("王小明 Tom", "王小明 Tom"),
        ("J. R. Smith", "J. R. Smith"), ("", ""),
        ("𠮷 野", "𠮷野"),
    ])
    func `a person's name is stored in one way`(text: String, wanted: String) {
        #expect(PersonName.normalised(text) == wanted)
        #expect(PersonName.normalised(wanted) == wanted)
    }

    @Test(arguments: [
        ("张伟", "张", "伟"), ("欧阳娜娜", "欧阳", "娜娜"), ("司马 光", "司马", "光"), ("单田芳", "单", "田芳"), ("欧阳", "欧", "阳"),
        ("诸葛亮", "诸葛", "亮"), ("Ada Lovelace", "Lovelace", "Ada"), ("Lovelace, Ada", "Lovelace", "Ada"),
        ("Mary Jane Watson", "Watson", "Mary Jane"),
    ])
    func `surname and given name are told apart`(text: String, family: String, given: String) {
        let name = PersonName(text)
        #expect(name.family == family)
        #expect(name.given == given)
    }

    @Test func `names without a surname stay whole`() {
        #expect(PersonName("阿卜杜拉·买买提").family == nil)
        #expect(PersonName("Madonna").family == nil)
        #expect(PersonName("买买提江吐尔逊").family == nil)
    }
}
