import ArgumentParser
import Records
import Schema
import Values

struct ChoiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "choice",
        abstract: Label("Choices of a field: add, rename, hide, show, remove.", zh: "管理字段选项：新增、改名、隐藏、显示、移除。")
            .text(Console.language),
        subcommands: [Add.self, Rename.self, Hide.self, Show.self, Remove.self]
    )

    struct Target: ParsableArguments {
        @Argument(help: ArgumentHelp(Label("Key of the object.", zh: "对象标识。").text(Console.language)))
        var object: String
        @Argument(help: ArgumentHelp(Label("Key of the field.", zh: "字段标识。").text(Console.language)))
        var field: String
        @Argument(help: ArgumentHelp(Label("Key of the choice.", zh: "选项标识。").text(Console.language)))
        var choice: String
        @Flag(help: ArgumentHelp(Label("Only show what would be done.", zh: "仅显示计划，不执行。").text(Console.language)))
        var plan = false
    }

    struct Names: ParsableArguments {
        @Option(help: ArgumentHelp(Label("Name in English.", zh: "英文名称。").text(Console.language)))
        var label: String?
        @Option(help: ArgumentHelp(Label("Name in Chinese.", zh: "中文名称。").text(Console.language)))
        var labelZh: String?
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Adds a choice at the end.", zh: "在末尾新增选项。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @OptionGroup var names: Names

        func run() async throws {
            let en = names.label ?? names.labelZh ?? target.choice
            let new = Choice(target.choice, Label(en, zh: names.labelZh ?? en))
            try await ChoiceCommand.change(target, data) { choices in
                guard !choices.contains(where: { $0.key == new.key }) else {
                    throw Problem(
                        .conflict,
                        "key_taken",
                        Label("There already is a choice «\(new.key)».", zh: "选项“\(new.key)”已存在。")
                    )
                }
                choices.append(new)
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Changes a choice's names; records keep it.", zh: "修改选项名称，已有记录不受影响。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @OptionGroup var names: Names

        func validate() throws {
            guard names.label == nil, names.labelZh == nil else { return }
            throw ValidationError(Label("Give a new name.", zh: "请指定新的名称。").text(Console.language))
        }

        func run() async throws {
            let names = names
            try await ChoiceCommand.changeOne(target, data) { choice in
                choice.label = Label(names.label ?? choice.label.en, zh: names.labelZh ?? choice.label.zh)
            }
        }
    }

    struct Hide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Hides a choice: records keep it, nobody chooses it.", zh: "隐藏选项：已有记录保留，不再可选。").text(
                Console.language
            )
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws { try await ChoiceCommand.changeOne(target, data) { $0.hidden = true } }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Shows a hidden choice again.", zh: "重新显示隐藏的选项。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws { try await ChoiceCommand.changeOne(target, data) { $0.hidden = false } }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Removes a choice; records that have it move.", zh: "移除选项，已有记录改为其他选项。").text(
                Console.language
            )
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @Option(help: ArgumentHelp(Label("The choice that takes its place.", zh: "替代的选项。").text(Console.language)))
        var moveTo: String?

        func run() async throws {
            let change = SchemaChange.removeChoice(
                object: target.object,
                field: target.field,
                choice: target.choice,
                moveTo: moveTo
            )
            try await SchemaChanging.run(change, data, plansOnly: target.plan)
        }
    }

    private static func changeOne(
        _ target: Target,
        _ data: DataOptions,
        _ body: (inout Choice) -> Void
    ) async throws {
        try await change(target, data) { choices in
            guard let index = choices.firstIndex(where: { $0.key == target.choice }) else {
                let known = choices.map(\.key).joined(separator: ", ")
                throw Problem(
                    .notFound,
                    "no_choice",
                    Label(
                        "There is no choice «\(target.choice)». There are: \(known).",
                        zh: "没有选项“\(target.choice)”，可用：\(known)。"
                    )
                )
            }
            body(&choices[index])
        }
    }

    private static func change(
        _ target: Target,
        _ data: DataOptions,
        _ body: (inout [Choice]) throws -> Void
    ) async throws {
        var change: SchemaChange?
        try await data.withWorkspace { workspace in
            let object = try SchemaChanging.object(target.object, workspace)
            guard let field = object.field(target.field), field.kind.hasChoices else {
                throw Problem(
                    .notFound,
                    "no_field",
                    Label(
                        "«\(object.key)» has no field «\(target.field)» with choices. See: kehu field list \(object.key)",
                        zh: "“\(object.key)”没有带选项的字段“\(target.field)”，可用 kehu field list \(object.key) 查看。"
                    )
                )
            }
            var choices = field.kind.choices
            try body(&choices)
            change = try SchemaChange.choices(choices, of: field, on: object.key)
        }
        if let change { try await SchemaChanging.run(change, data, plansOnly: target.plan) }
    }
}

extension FieldKind {
    /// Whether it is one of the kinds with choices.
    fileprivate var hasChoices: Bool {
        switch self {
        case .choice, .multiChoice: true
        default: false
        }
    }
}
