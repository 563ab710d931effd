import Testing
import Values

@testable import Exchange

/// Rows that wait to be written come back as they were.
@Suite struct WaitingRowsTests {
    private func row(_ number: Int, _ cells: [String]) -> ImportRow {
        ImportRow(number: number, end: Int64(number) * 10, content: .cells(cells), fault: nil)
    }

    private func cells(_ row: ImportRow) -> [String] {
        if case .cells(let cells) = row.content { cells } else { [] }
    }

    @Test func `short, long and empty cells, rows without cells and rows with a fault come back`() {
        let texts = [
            ["恒丰", "", "𠮷野家"], [String(repeating: "长", count: 85), String(repeating: "x", count: 254)],
            [String(repeating: "x", count: 255), "b"], [], [String(repeating: "文", count: 30_000), "end"],
        ]
        var rows = WaitingRows()
        for (index, cells) in texts.enumerated() { rows.append(row(index + 2, cells)) }
        let fault = Label("broken", zh: "损坏")
        rows.append(ImportRow(number: 9, end: 90, content: .cells(["a"]), fault: fault))
        rows.append(ImportRow(number: 10, end: 95, content: .object([], text: "{}"), fault: nil))
        #expect(rows.count == 7)
        for (index, expected) in texts.enumerated() {
            #expect(cells(rows[index]) == expected)
            #expect((rows[index].number, rows[index].end) == (index + 2, Int64(index + 2) * 10))
            for (position, text) in expected.enumerated() { #expect(rows.cell(position, of: index) == text) }
            #expect(rows.cell(expected.count, of: index) == "")
        }
        #expect(rows[5].fault == fault)
        #expect(rows.cell(0, of: 5) == "")
        let size = rows.size
        rows.append(ImportRow(number: 11, end: 99, content: .object([], text: "{\"名称\":1}"), fault: nil))
        #expect(rows.size == size + 12)
        if case .object(_, let text) = rows[6].content { #expect(text == "{}") } else { Issue.record("no object") }
        // What such rows hold counts as long as they wait.
        rows.removeFirst(7)
        #expect(cellsOrText(rows[0]) == "{\"名称\":1}")
        rows.removeFirst(1)
        #expect(rows.size == 0)
    }

    private func cellsOrText(_ row: ImportRow) -> String {
        if case .object(_, let text) = row.content { text } else { cells(row).joined() }
    }

    @Test func `what is taken in portions, while more comes in, keeps its order and gives its memory back`() {
        var rows = WaitingRows()
        var (next, expected) = (0, 0)
        var largest = 0
        while expected < 20_000 {
            while rows.count < 3000, next < 20_000 {
                rows.append(row(next, ["名称\(next)", "x"]))
                next += 1
            }
            let portion = min(170, rows.count)
            for index in 0..<portion { #expect(cells(rows[index])[0] == "名称\(expected + index)") }
            rows.removeFirst(portion)
            expected += portion
            largest = max(largest, rows.size)
        }
        #expect(rows.isEmpty)
        #expect(rows.size == 0)
        // Twice the rows that wait, at most.
        #expect(largest < 2 * 3200 * 16)
    }
}
