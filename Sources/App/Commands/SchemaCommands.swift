import ArgumentParser
import Records
import SQLText
import Schema
import Values

/// Showing and making changes of the schema.
enum SchemaChanging {
    /// Does a change, or with `plansOnly` shows what it would do.
    static func run(_ change: SchemaChange, _ data: DataOptions, plansOnly: Bool) async throws {
        try await data.withWorkspace { workspace in
            let actor = OpenWorkspace.operatorActor
            let plan = try await workspace.engine.plan(change, as: actor)
            if !plansOnly { try await workspace.engine.apply(change, as: actor) }
            if data.json {
                Console.json { json in
                    json.object { json in
                        json.member("done", !plansOnly)
                        json.key("steps")
                        json.array { json in
                            for step in plan.steps {
                                json.object { json in
                                    json.member("text", step.text.text(Console.language))
                                    json.member("sql", step.sql?.text)
                                }
                            }
                        }
                    }
                }
            } else {
                for step in plan.steps { Console.say(step.text) }
            }
        }
    }

    /// `{"en": …, "zh": …}`; one language given stands for both.
    static func label(_ en: String?, _ zh: String?) -> JSONValue? {
        guard let first = en ?? zh else { return nil }
        return .object([
            .init(key: "en", value: .string(en ?? first)), .init(key: "zh", value: .string(zh ?? first)),
        ])
    }

    /// An object by key or plural.
    static func object(_ name: String, _ workspace: OpenWorkspace) throws -> ObjectDefinition {
        let schema = workspace.engine.schema
        guard let object = schema.object(name) ?? schema.object(plural: name) else {
            let known = schema.objects.map(\.key).joined(separator: ", ")
            throw Problem(
                .notFound,
                "no_object",
                Label("There is no object «\(name)». There are: \(known).", zh: "没有对象“\(name)”，可用：\(known)。")
            )
        }
        return object
    }
}

struct ObjectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "object",
        abstract: Label("Objects of your own.", zh: "管理自定义对象。").text(Console.language),
        subcommands: [Add.self, Rename.self, Hide.self, Show.self, Remove.self, Restore.self, List.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Adds an object.", zh: "新增对象。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument(help: ArgumentHelp(Label("Key, such as x_project.", zh: "标识，例如 x_project。").text(Console.language)))
        var key: String
        @Option(help: ArgumentHelp(Label("Name in English.", zh: "英文名称。").text(Console.language)))
        var label: String?
        @Option(help: ArgumentHelp(Label("Name in Chinese.", zh: "中文名称。").text(Console.language)))
        var labelZh: String?
        @Option(help: ArgumentHelp(Label("Plural, for addresses.", zh: "复数标识，用于地址。").text(Console.language)))
        var plural: String?
        @Flag(help: ArgumentHelp(Label("Only show what would be done.", zh: "仅显示计划，不执行。").text(Console.language)))
        var plan = false

        func run() async throws {
            var members: [JSONValue.Member] = [.init(key: "key", value: .string(key))]
            if let label = SchemaChanging.label(label, labelZh) { members.append(.init(key: "label", value: label)) }
            if let plural { members.append(.init(key: "plural", value: .string(plural))) }
            try await SchemaChanging.run(.addObject(.object(members)), data, plansOnly: plan)
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Changes an object's names.", zh: "修改对象名称。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target
        @Option(help: ArgumentHelp(Label("New name in English.", zh: "新的英文名称。").text(Console.language)))
        var label: String?
        @Option(help: ArgumentHelp(Label("New name in Chinese.", zh: "新的中文名称。").text(Console.language)))
        var labelZh: String?
        @Option(help: ArgumentHelp(Label("New plural in English.", zh: "新的英文复数名称。").text(Console.language)))
        var pluralLabel: String?
        @Option(help: ArgumentHelp(Label("New plural in Chinese.", zh: "新的中文复数名称。").text(Console.language)))
        var pluralLabelZh: String?

        func validate() throws {
            guard label == nil, labelZh == nil, pluralLabel == nil, pluralLabelZh == nil else { return }
            throw ValidationError(Label("Give a new name.", zh: "请指定新的名称。").text(Console.language))
        }

        func run() async throws {
            var members: [JSONValue.Member] = []
            try await data.withWorkspace { workspace in
                let now = try SchemaChanging.object(target.key, workspace)
                let one = SchemaChanging.label(label ?? now.label.en, labelZh ?? now.label.zh)
                let many = SchemaChanging.label(
                    pluralLabel ?? now.pluralLabel.en,
                    pluralLabelZh ?? now.pluralLabel.zh
                )
                members = [.init(key: "label", value: one ?? .null), .init(key: "plural_label", value: many ?? .null)]
            }
            try await ObjectCommand.change(members, target, data)
        }
    }

    struct Hide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Hides an object.", zh: "隐藏对象。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await ObjectCommand.change([.init(key: "hidden", value: .bool(true))], target, data)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Shows a hidden object again.", zh: "重新显示隐藏的对象。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @OptionGroup var target: Target

        func run() async throws {
            try await ObjectCommand.change([.init(key: "hidden", value: .bool(false))], target, data)
        }
    }

    struct Target: ParsableArguments {
        @Argument(help: ArgumentHelp(Label("Key of the object.", zh: "对象标识。").text(Console.language)))
        var key: String
        @Flag(help: ArgumentHelp(Label("Only show what would be done.", zh: "仅显示计划，不执行。").text(Console.language)))
        var plan = false
    }

    fileprivate static func change(
        _ members: [JSONValue.Member],
        _ target: Target,
        _ data: DataOptions
    ) async throws {
        let change = SchemaChange.updateObject(target.key, .object(members))
        try await SchemaChanging.run(change, data, plansOnly: target.plan)
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Removes an object; 30 days to restore it.", zh: "移除对象，30 天内可恢复。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument var key: String
        @Flag var plan = false

        func run() async throws { try await SchemaChanging.run(.removeObject(key), data, plansOnly: plan) }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Restores a removed object.", zh: "恢复已移除的对象。").text(Console.language)
        )
        @OptionGroup var data: DataOptions
        @Argument var key: String

        func run() async throws { try await SchemaChanging.run(.restoreObject(key), data, plansOnly: false) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: Label("Lists the objects.", zh: "列出对象。").text(Console.language)
        )
        @OptionGroup var data: DataOptions

        func run() async throws {
            try await data.withWorkspace { workspace in
                let objects = workspace.engine.schema.objects
                if data.json {
                    Console.json { json in
                        json.array { json in
                            for object in objects {
                                json.object { json in
                                    json.member("key", object.key)
                                    json.member("plural", object.plural)
                                    json.member("label_en", object.label.en)
                                    json.member("label_zh", object.label.zh)
                                    json.member("hidden", object.hidden)
                                    json.member("custom", object.custom)
                                }
                            }
                        }
                    }
                } else {
                    Console.table(objects.map { [$0.key, $0.plural, $0.label.text(Console.language)] })
                }
            }
        }
    }
}
