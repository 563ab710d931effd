public import Values

extension BenchReport {
    /// The figures as tables, each beside its limits.
    public func text(in language: Language) -> String {
        var parts = [circumstances.lines]
        parts += results.map { $0.text(in: language) }
        if !growth.isEmpty { parts.append(growthText(language)) }
        parts.append(BenchReport.legend.text(language))
        return parts.joined(separator: "\n\n")
    }

    private func growthText(_ language: Language) -> String {
        let (small, large) = (results.first?.customers ?? 0, results.last?.customers ?? 0)
        let title = Label("CPU at \(large) by CPU at \(small)", zh: "\(large) 与 \(small) 客户的 CPU 之比")
        var rows = [["", "conn", title.text(language), "≤", ""]]
        for line in growth {
            let limit = line.mark == nil ? "–" : rounded(Goals.growth.must, 1)
            rows.append([
                line.workload, String(line.connections), rounded(line.ratio, 2), limit, line.mark?.sign ?? "",
            ])
        }
        return table(rows, left: 1)
    }

    private static let legend = Label(
        "✓✓ aim reached, ✓ must reached, ✗ missed. The limits are meant for 100,000 customers and two free cores.",
        zh: "✓✓ 达到目标，✓ 达到最低要求，✗ 未达到。限值针对 10 万客户、两个空闲核心。"
    )
}

extension Circumstances {
    var lines: String {
        let build = commit.isEmpty ? version : "\(version) (\(commit))"
        let machine = "\(processors) × \(processor), \(rounded(memory / 1024, 1)) GiB, \(system)"
        return "\(at)  kehu \(build)\n\(machine), load \(rounded(load, 2))\n\(command)"
    }
}

extension BenchResult {
    func text(in language: Language) -> String {
        var parts = [Label("\(customers) customers", zh: "\(customers) 个客户").text(language)]
        if !figures.isEmpty { parts.append(requests(language)) }
        if !imports.isEmpty { parts.append(importText(language)) }
        if let page { parts.append(page.text(language)) }
        if let footprint = footprint(language) { parts.append(footprint) }
        return (parts + faults).joined(separator: "\n")
    }

    private func requests(_ language: Language) -> String {
        var rows = [
            [
                "", "", "conn", "req/s", "", "p50 ms", "p99 ms", "CPU ms", "", "must", "aim", "engine ms", "bare ms",
                "others", "bytes", "errors",
            ]
        ]
        for figure in figures {
            let goal = Goals.processor[figure.workload]
            let pace = Goals.perSecond(figure.workload, connections: figure.connections)?.mark(figure.perSecond)
            rows.append([
                figure.workload, figure.title.text(language), String(figure.connections), rounded(figure.perSecond, 0),
                pace?.sign ?? "", rounded(figure.median, 2), rounded(figure.p99, 2),
                figure.processor.map { rounded($0, 3) } ?? "–", figure.mark?.sign ?? "",
                goal.map { rounded($0.must, 2) } ?? "–", goal.map { rounded($0.aim, 2) } ?? "–",
                figure.engine.map { rounded($0, 3) } ?? "–", figure.bare.map { rounded($0, 3) } ?? "–",
                figure.others.map { rounded($0, 2) } ?? "–", rounded(figure.bytes, 0), String(figure.errors),
            ])
        }
        return table(rows, left: 2)
    }

    private func importText(_ language: Language) -> String {
        var rows = [["", "rows", "s", "rows/s", "rows/CPU s", "must", "aim", "", "peak MiB", "errors"]]
        for figure in imports {
            // With others at work the processor time is theirs too.
            let goal = figure.others == nil ? Goals.importRows : nil
            rows.append([
                figure.workload, String(figure.rows), rounded(figure.seconds, 2), rounded(figure.perSecond, 0),
                rounded(figure.perProcessorSecond, 0), goal.map { rounded($0.must, 0) } ?? "–",
                goal.map { rounded($0.aim, 0) } ?? "–", goal?.mark(figure.perProcessorSecond).sign ?? "",
                rounded(figure.peak, 0), String(figure.errors),
            ])
        }
        return ([table(rows, left: 1)] + imports.compactMap { $0.others?.text($0.workload, language) }).joined(
            separator: "\n"
        )
    }

    private func footprint(_ language: Language) -> String? {
        var parts: [String] = []
        if let startSeconds {
            let (time, goal) = (rounded(startSeconds, 2), Goals.start.text(startSeconds, in: language))
            parts.append(
                Label(
                    "W9 first answer after \(time) s (\(goal)).",
                    zh: "W9 启动 \(time) 秒后首次响应（\(goal)）。"
                ).text(language)
            )
        }
        if let memory {
            let goal = Goals.memory.text(memory.end.resident, in: language)
            let (start, end, peak) = (memory.start.both, memory.end.both, rounded(memory.end.peak, 0))
            parts.append(
                Label(
                    "Memory RSS/PSS: \(start) MiB at first, \(end) MiB after the load (\(goal)), "
                        + "\(peak) MiB at most.",
                    zh: "内存 RSS/PSS：启动后 \(start) MiB，压测后 \(end) MiB（\(goal)），峰值 \(peak) MiB。"
                ).text(language)
            )
        }
        if let disk {
            let (start, end) = (rounded(disk.start, 0), rounded(disk.end, 0))
            parts.append(
                Label("Disk: \(start) MiB at first, \(end) MiB after all.", zh: "磁盘：开始 \(start) MiB，结束 \(end) MiB。")
                    .text(language)
            )
        }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

extension Memory {
    var both: String { "\(rounded(resident, 0))/\(rounded(proportional, 0))" }
}

extension Goal {
    /// What a value must reach, what we aim at, and how it stands.
    func text(_ value: Double, in language: Language) -> String {
        let (must, aim, sign) = (plain(must), plain(aim), mark(value).sign)
        return Label("must \(must), aim \(aim): \(sign)", zh: "要求 \(must)，目标 \(aim)：\(sign)").text(language)
    }

    private func plain(_ value: Double) -> String { rounded(value, value == value.rounded() ? 0 : 1) }
}

extension Waiting {
    func text(_ workload: String, _ language: Language) -> String {
        let (median, p99, longest) = (rounded(median, 1), rounded(p99, 1), rounded(longest, 1))
        let (reads, sign) = (rounded(readP99, 1), Goals.writeWait.mark(self.p99).sign)
        return Label(
            "\(workload): \(writes) writes of eight people waited \(median) ms p50, \(p99) ms p99 (≤ 100, \(sign)), "
                + "\(longest) ms at most; \(self.reads) reads \(reads) ms p99.",
            zh: "\(workload)：8 人同时操作，写入 \(writes) 次，等待 p50 \(median) ms，p99 \(p99) ms（≤ 100，\(sign)），"
                + "最长 \(longest) ms；读取 \(self.reads) 次，p99 \(reads) ms。"
        ).text(language)
    }
}

extension PageFigures {
    func text(_ language: Language) -> String {
        let (time, goal) = (rounded(firstByte, 1), Goals.pageBytes.text(Double(cold.total), in: language))
        return Label(
            "W8 first byte after \(time) ms. First load: \(cold.text) (\(goal)). Again: \(warm.text).",
            zh: "W8 首字节 \(time) ms。首次加载：\(cold.text)（\(goal)）；再次加载：\(warm.text)。"
        ).text(language)
    }
}

extension Transfer {
    /// Requests and bytes, such as `5 × → 84210 B (css 40000, html 30000)`.
    var text: String {
        let kinds = bytes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return "\(requests) × → \(total) B (\(kinds))"
    }
}

/// Rows under each other; so many columns to the left, numbers to the right.
private func table(_ rows: [[String]], left: Int) -> String {
    let columns = rows.first?.indices ?? 0..<0
    let widths = columns.map { column in rows.map { width($0[column]) }.max() ?? 0 }
    return rows.map { row in
        let line = row.indices.map { column in
            let gap = String(repeating: " ", count: widths[column] - width(row[column]))
            return column < left ? row[column] + gap : gap + row[column]
        }.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
}

/// How many cells of a terminal a text takes: Chinese takes two each.
private func width(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) } }
