import Testing

/// The rules themselves, on text that breaks them.
@Suite struct RuleTests {
    @Test func `comments and texts are no code`() {
        let file = SourceFile(
            path: "Sources/Values/A.swift",
            text: """
                let a = "print(1)" // print(2)
                /* print(3)
                print(4) */ print(5)
                let b = \"""
                    print(6)
                    \"""
                """
        )
        #expect(file.offences { $0.contains("print(") } == ["Sources/Values/A.swift:3"])
    }

    @Test func `imports are found whatever stands before them`() {
        let file = SourceFile(
            path: "Sources/A/A.swift",
            text: "public import B\n@testable import C\nimport struct D.E\n// import F\nlet text = \"import G\""
        )
        #expect(file.imports.map(\.module) == ["B", "C", "D"])
    }

    @Test func `the length of a function counts from its first line to its brace`() {
        let text = """
            protocol P {
                func required()
                func other(
                    a: Int
                ) -> Int
            }
            struct S {
                public static func long(
                    a: Int
                ) throws -> Int {
                    if a > 1 {
                        2
                    }
                }
                func short() -> Int { 1 }
                init() {
                }
            }
            """
        let found = functions(of: SourceFile(path: "Sources/A/A.swift", text: text))
        #expect(found.map(\.line) == [8, 16])
        #expect(found.map(\.length) == [7, 2])
    }

    @Test func `a label without Chinese is found and a symbol is none`() {
        let text = """
            Label("Name", zh: "名称"), Label("Name", zh: "Name"), Label(name, zh: name),
            Label(
                "All \\(f("x", 1)) of " + "them", zh: ""
            ), Label("ID", zh: "ID"), PageLabel("a", zh: "b")
            """
        let found = labels(of: SourceFile(path: "Sources/A/A.swift", text: text))
        #expect(found.map(\.english) == ["Name", "Name", "All … of them", "ID"])
        #expect(found.filter { $0.chinese.isEmpty || !readsAsChinese($0.chinese) }.map(\.line) == [1, 2])
    }
}
