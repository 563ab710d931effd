import Pages
import Schema
import Values

/// Entries of the ledger as a table; each leads to the record that caused it.
enum EntryTable {
    static func html(
        _ caption: Label,
        _ entries: [EntryReader.Entry],
        _ plural: (String) -> String?,
        _ frame: CostingFrame
    ) -> HTML {
        let context = frame.context
        let rows = entries.map { entry -> (id: String, href: String?, cells: [CellValue]) in
            let address = plural(entry.object).map { "/\($0)/\(entry.source)" }
            let nature = entry.nature.isEmpty ? "" : context(CostChoices.label(entry.nature, in: CostChoices.natures))
            let name = entry.name ?? entry.source.description
            let about = [
                entry.activity ?? nature,
                entry.channel.map { context(CostChoices.label($0, in: CostChoices.channels)) },
            ]
            return (
                entry.source.description, entry.name == nil ? nil : address,
                [
                    .text(name), .text(about.compactMap { $0 }.joined(separator: " · ")),
                    .text(context(CostWords.method(of: entry))), .text(entry.confidence),
                    entry.seconds.map { .decimal($0 * 10 / 60, scale: 1) } ?? .text("—"), frame.cell(entry.amount),
                ]
            )
        }
        return frame.table(
            caption,
            [
                (CostWords.record, false), (CostWords.what, false), (CostWords.method, false),
                (CostWords.confidence, false), (CostWords.minutes, true), (CostWords.amount, true),
            ],
            rows
        )
    }
}
