import FieldKinds
import Identity
import Records
import Schema
import Values

extension Imports {
    /// Makes the new choices that a mapping asks for, and lets its columns mean them. It needs the right to change fields.
    /// In a trial nothing is made: such cells are then left out.
    func addChoices(_ mapping: ImportMapping, _ object: String, isTrial: Bool, as actor: Actor) async throws
        -> ImportMapping
    {
        var mapping = mapping
        for index in mapping.columns.indices where !mapping.columns[index].additions.isEmpty {
            let wanted = mapping.columns[index].additions
            guard let key = mapping.columns[index].field?.leading,
                let field = engine.schema.object(object)?.field(key), !field.kind.choices.isEmpty
            else { continue }
            guard actor.rights.allows(.schema) else {
                throw Problem.forbidden(
                    Label("New choices need the right to change fields.", zh: "新增选项需要管理字段的权限。")
                )
            }
            if isTrial {
                for text in wanted { mapping.columns[index].values[text] = "" }
                continue
            }
            mapping.columns[index].additions = []
            let (choices, words) = Imports.extended(field.kind.choices, wanted)
            for (text, key) in words { mapping.columns[index].values[text] = key }
            guard choices.count > field.kind.choices.count else { continue }
            try await engine.apply(.choices(choices, of: field, on: object), as: actor)
        }
        return mapping
    }

    /// The choices with those that are missing, and the key of each text.
    private static func extended(_ choices: [Choice], _ texts: [String]) -> ([Choice], [String: String]) {
        var (all, words): ([Choice], [String: String]) = (choices, [:])
        for text in texts {
            let label = text.trimmed
            let folded = Fold.fold(label)
            if let known = all.first(where: { [$0.key, $0.label.en, $0.label.zh].contains { Fold.fold($0) == folded } })
            {
                words[text] = known.key
                continue
            }
            // Stages belong to a sales process and are open until they are set up otherwise.
            let model = choices.first { $0.outcome == "open" }
            let key = freeKey(folded, all)
            all.append(
                Choice(
                    key,
                    Label(label, zh: label),
                    group: model?.group,
                    probability: model?.probability,
                    outcome: model?.outcome
                )
            )
            words[text] = key
        }
        return (all, words)
    }

    /// A key from the Latin letters of a text, else a number.
    private static func freeKey(_ folded: String, _ choices: [Choice]) -> String {
        var base = folded.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
        if base.isEmpty || base.first?.isNumber == true { base = base.isEmpty ? "choice" : "c_" + base }
        base = String(base.prefix(40))
        let taken = Set(choices.map(\.key))
        if !taken.contains(base), base != "choice" { return base }
        var number = 1
        while taken.contains("\(base)_\(number)") { number += 1 }
        return "\(base)_\(number)"
    }
}
