import ArgumentParser
import Records
import Schema
import Values

struct FieldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "field",
        abstract: Label("Fields: add, rename, hide, restore …", zh: "管理字段：新增、改名、隐藏、恢复等。")
            .text(Console.language),
        subcommands: [Add.self, Rename.self, Hide.self, Show.self, Remove.self, Restore.self, List.self]
    )

    struct Target: ParsableArguments {
        @Argument(help: ArgumentHelp(Label("Key of the object.", zh: "对象标识。").text(Console.language)))
        var object: String
        @Argument(help: ArgumentHelp(Label("Key of the field.", zh: "字段标识。").text(Console.language)))
        var field: String
        @Flag(help: ArgumentHelp(Label("Only show what would be done.", zh: "仅显示计划，不执行。").text(Console.language)))
        var plan = false
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Adds a field.", zh: "新增字段。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @Option(
            help: ArgumentHelp(
                Label("text, number, money, choice …", zh: "类型：text、number、money、choice 等。").text(Console.language)
            )
        )
        var kind: String
        @Option(help: ArgumentHelp(Label("Name in English.", zh: "英文名称。").text(Console.language)))
        var label: String?
        @Option(help: ArgumentHelp(Label("Name in Chinese.", zh: "中文名称。").text(Console.language)))
        var labelZh: String?
        @Option(
            help: ArgumentHelp(
                Label("A choice: key or key:中文:English; repeat.", zh: "选项：标识 或 标识:中文:English，可重复。").text(
                    Console.language
                )
            )
        )
        var choice: [String] = []
        @Option(help: ArgumentHelp(Label("Object that a link leads to.", zh: "关联的对象。").text(Console.language)))
        var to: String?
        @Option(help: ArgumentHelp(Label("Longest text.", zh: "最大长度。").text(Console.language)))
        var max: Int?
        @Option(help: ArgumentHelp(Label("Decimals.", zh: "小数位数。").text(Console.language)))
        var scale: Int?
        @Option(
            help: ArgumentHelp(Label("Expression of a formula or roll-up.", zh: "公式或汇总的表达式。").text(Console.language))
        )
        var expression: String?
        @Option(
            help: ArgumentHelp(
                Label("What a formula gives: text, number …", zh: "公式结果类型：text、number 等。").text(Console.language)
            )
        )
        var result: String?
        @Flag var required = false
        @Flag var unique = false
        @Flag var indexed = false
        @Flag var searchable = false

        func run() async throws {
            var members: [JSONValue.Member] = [
                .init(key: "key", value: .string(target.field)), .init(key: "kind", value: .string(kind)),
            ]
            func add(_ key: String, _ value: JSONValue?) {
                if let value { members.append(.init(key: key, value: value)) }
            }
            add("label", SchemaChanging.label(label, labelZh))
            add("to", to.map(JSONValue.string))
            add("max", max.map { .number(String($0)) })
            add("scale", scale.map { .number(String($0)) })
            add("expression", expression.map(JSONValue.string))
            add("result", result.map(JSONValue.string))
            if !choice.isEmpty { add("choices", .array(choice.map(read))) }
            let flags = [
                ("required", required), ("unique", unique), ("indexed", indexed), ("searchable", searchable),
            ]
            for (name, flag) in flags where flag { add(name, .bool(true)) }
            let change = SchemaChange.addField(object: target.object, .object(members))
            try await SchemaChanging.run(change, data, plansOnly: target.plan)
        }

        private func read(_ text: String) -> JSONValue {
            let parts = text.split(separator: ":", maxSplits: 2).map(String.init)
            let key = parts.first ?? ""
            let zh = parts.count > 1 ? parts[1] : key
            let en = parts.count > 2 ? parts[2] : zh
            return .object([
                .init(key: "key", value: .string(key)),
                .init(key: "label", value: SchemaChanging.label(en, zh) ?? .null),
            ])
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Changes a field's name or key.", zh: "修改字段名称或标识。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @Option(help: ArgumentHelp(Label("New name in English.", zh: "新的英文名称。").text(Console.language)))
        var label: String?
        @Option(help: ArgumentHelp(Label("New name in Chinese.", zh: "新的中文名称。").text(Console.language)))
        var labelZh: String?
        @Option(help: ArgumentHelp(Label("New key.", zh: "新的标识。").text(Console.language)))
        var key: String?

        func run() async throws {
            var members: [JSONValue.Member] = []
            if label != nil || labelZh != nil {
                let now = try await present()
                let both = SchemaChanging.label(label ?? now?.en, labelZh ?? now?.zh)
                members.append(.init(key: "label", value: both ?? .null))
            }
            if let key { members.append(.init(key: "key", value: .string(key))) }
            try await FieldCommand.change(members, target, data)
        }

        private func present() async throws -> Label? {
            var found: Label?
            try await data.withWorkspace { workspace in
                found = try SchemaChanging.object(target.object, workspace).field(target.field)?.label
            }
            return found
        }
    }

    struct Hide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Hides a field.", zh: "隐藏字段。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await FieldCommand.change([.init(key: "hidden", value: .bool(true))], target, data)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Shows a hidden field again.", zh: "重新显示隐藏的字段。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await FieldCommand.change([.init(key: "hidden", value: .bool(false))], target, data)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Removes a field of your own; 30 days to restore it.", zh: "移除自定义字段，30 天内可恢复。")
                .text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            let change = SchemaChange.removeField(object: target.object, key: target.field)
            try await SchemaChanging.run(change, data, plansOnly: target.plan)
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Restores a removed field by its key or id.", zh: "按标识或编号恢复已移除的字段。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            let change = SchemaChange.restoreField(object: target.object, id: target.field)
            try await SchemaChanging.run(change, data, plansOnly: target.plan)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists the fields of an object.", zh: "列出对象的字段。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Key of the object.", zh: "对象标识。").text(Console.language)))
        var object: String

        func run() async throws {
            try await data.withWorkspace { workspace in
                let object = try SchemaChanging.object(object, workspace)
                if data.json {
                    Console.json { json in
                        json.array { json in
                            for field in object.fields {
                                json.object { json in
                                    json.member("id", field.id)
                                    json.member("key", field.key)
                                    json.member("kind", field.kind.name)
                                    json.member("label_en", field.label.en)
                                    json.member("label_zh", field.label.zh)
                                    json.member("hidden", field.hidden)
                                    json.member("custom", field.custom)
                                }
                            }
                        }
                    }
                } else {
                    Console.table(
                        object.visibleFields.map { [$0.key, $0.kind.name, $0.label.text(Console.language)] }
                    )
                }
            }
        }
    }

    fileprivate static func change(
        _ members: [JSONValue.Member],
        _ target: Target,
        _ data: DataOptions
    ) async throws {
        let change = SchemaChange.updateField(object: target.object, key: target.field, .object(members))
        try await SchemaChanging.run(change, data, plansOnly: target.plan)
    }
}
