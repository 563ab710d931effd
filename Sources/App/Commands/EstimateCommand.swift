import ArgumentParser
import Exchange
import Foundation
import Ledger
import Values

/// The estimators on a file of one's own: to check them against published figures.
struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: Label(
            "Fits the models of repeat purchase and of churn to a file.",
            zh: "用数据文件拟合复购模型或流失模型。"
        ).text(Console.language),
        subcommands: [PurchasesCommand.self, ChurnCommand.self]
    )
}

/// Lines of a file or of stdin, split at commas or blanks.
private func table(_ path: String) throws -> [[String]] {
    let bytes: Data
    if path == "-" {
        bytes = try FileHandle.standardInput.readToEnd() ?? Data()
    } else {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Problem(.invalid, "file_missing", Label("There is no file \(path).", zh: "没有文件 \(path)。"))
        }
        bytes = data
    }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
        line.contains(",")
            ? line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            : line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    }
}

struct PurchasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purchases",
        abstract: Label(
            "BG/NBD and Gamma-Gamma on a file of purchases: customer, day, value; - for stdin.",
            zh: "对购买记录（客户、日期、金额）拟合 BG/NBD 与 Gamma-Gamma；- 表示标准输入。"
        ).text(Console.language)
    )

    @Argument(help: ArgumentHelp(Label("The file.", zh: "数据文件。").text(Console.language)))
    var file: String

    @Option(
        help: ArgumentHelp(
            Label("Columns of customer, day and value, from 1.", zh: "客户、日期、金额所在列，从 1 开始。").text(Console.language)
        )
    )
    var columns = "1,2,3"

    @Option(
        help: ArgumentHelp(
            Label("Last day to fit on; later purchases test the forecast.", zh: "拟合截止日，之后的记录用于检验。").text(
                Console.language
            )
        )
    )
    var until: String?

    @Flag(help: ArgumentHelp(Label("Print JSON.", zh: "输出 JSON。").text(Console.language)))
    var json = false

    func run() async throws {
        let places = columns.split(separator: ",").compactMap { Int($0) }.map { $0 - 1 }
        guard places.count == 3, places.allSatisfy({ $0 >= 0 }) else {
            throw ValidationError(
                Label("--columns takes three numbers, as 1,2,3.", zh: "--columns 需要三个数字，例如 1,2,3。").text(
                    Console.language
                )
            )
        }
        let purchases = try read(places)
        let days = purchases.values.flatMap(\.keys)
        guard let last = days.max() else {
            throw Problem(.invalid, "no_rows", Label("No purchase could be read.", zh: "没有读到购买记录。"))
        }
        let end = until.flatMap { Day($0) } ?? last
        let histories = purchases.compactMap { id, days -> (String, PurchaseHistory)? in
            PurchaseHistory(days: Array(days.keys), until: end).map { (id, $0) }
        }.sorted { $0.0 < $1.0 }
        let fit = try PurchaseModel.fit(histories.map(\.1))
        let buyers = histories.compactMap { id, history -> SpendModel.Buyer? in
            guard history.repeats > 0, let days = purchases[id] else { return nil }
            let repeats = days.filter { $0.key <= end }.sorted { $0.key < $1.key }.dropFirst()
            return SpendModel.Buyer(
                repeats: repeats.count,
                mean: repeats.reduce(0) { $0 + $1.value } / Double(repeats.count)
            )
        }
        var lines = [
            ("customers", Double(fit.customers)), ("repeat_buyers", Double(fit.repeaters)), ("r", fit.model.r),
            ("alpha", fit.model.alpha), ("a", fit.model.a), ("b", fit.model.b), ("log_likelihood", fit.logLikelihood),
        ]
        if let spend = try? SpendModel.fit(buyers) {
            lines += [
                ("p", spend.model.p), ("q", spend.model.q), ("v", spend.model.v),
                ("spend_log_likelihood", spend.logLikelihood), ("correlation", spend.correlation ?? 0),
            ]
        }
        if end < last {
            let weeks = Double(last.daysSince1970 - end.daysSince1970) / 7
            let forecast = histories.map { fit.model.expected($0.1, in: weeks) }
            let actual = histories.map { Double(purchases[$0.0]?.keys.count { $0 > end } ?? 0) }
            let error = zip(forecast, actual).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(max(1, actual.count))
            lines += [
                ("holdout_weeks", weeks), ("holdout_forecast", forecast.reduce(0, +)),
                ("holdout_actual", actual.reduce(0, +)), ("holdout_mean_error", error),
                ("holdout_correlation", Statistics.correlation(forecast, actual) ?? 0),
            ]
        }
        EstimateOutput.show(lines, json: json)
    }

    private func read(_ places: [Int]) throws -> [String: [Day: Double]] {
        var purchases: [String: [Day: Double]] = [:]
        for row in try table(file) {
            guard places.allSatisfy({ $0 < row.count }), let value = Double(row[places[2]]) else { continue }
            let text = row[places[1]]
            let dashed = text.count == 8 ? "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))" : text
            guard let day = Day(String(dashed.prefix(10))) else { continue }
            purchases[row[places[0]], default: [:]][day, default: 0] += value
        }
        return purchases
    }
}

struct ChurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: Label(
            "A churn model on a CSV file with headings, tested on rows it has not seen; - for stdin.",
            zh: "对带表头的 CSV 文件训练流失模型，并用未参与训练的数据检验；- 表示标准输入。"
        ).text(Console.language)
    )

    @Argument(help: ArgumentHelp(Label("The file.", zh: "数据文件。").text(Console.language)))
    var file: String

    @Option(help: ArgumentHelp(Label("The column that says who left.", zh: "表示是否流失的列。").text(Console.language)))
    var outcome = "Churn"

    @Option(help: ArgumentHelp(Label("What it says of those who left.", zh: "表示已流失的值。").text(Console.language)))
    var yes = "Yes"

    @Option(help: ArgumentHelp(Label("Columns to leave out, by commas.", zh: "不使用的列，用逗号分隔。").text(Console.language)))
    var without = "customerID"

    @Flag(help: ArgumentHelp(Label("Print JSON.", zh: "输出 JSON。").text(Console.language)))
    var json = false

    func run() async throws {
        let rows = try table(file)
        guard let header = rows.first, let place = header.firstIndex(of: outcome) else {
            throw Problem(.invalid, "no_column", Label("There is no column «\(outcome)».", zh: "没有“\(outcome)”这一列。"))
        }
        let body = rows.dropFirst().filter { $0.count == header.count }
        let skipped = Set(without.split(separator: ",").map(String.init)).union([outcome])
        let kept = header.indices.filter { !skipped.contains(header[$0]) }
        // A column is numeric where nearly all of it reads as numbers.
        let numeric = kept.filter { column in
            body.count { Double($0[column]) != nil } * 10 >= body.count * 9
        }
        let cells = body.map { row in
            kept.map { column -> FeatureTable.Cell in
                numeric.contains(column) ? .number(Double(row[column]) ?? 0) : .choice(row[column])
            }
        }
        let left = body.map { $0[place] == yes }
        let (quality, folds) = try LogisticModel.crossValidated(
            FeatureTable(kept.map { header[$0] }, cells),
            outcomes: left
        )
        guard let quality else { return }
        EstimateOutput.show(
            [
                ("rows", Double(left.count)), ("left", Double(left.count { $0 })),
                ("auc", folds.reduce(0, +) / Double(max(1, folds.count))), ("auc_pooled", quality.auc),
                ("lift_top_tenth", quality.lift), ("brier", quality.brier), ("log_loss", quality.logLoss),
                ("calibration_error", quality.calibrationError),
            ],
            json: json
        )
    }
}

enum EstimateOutput {
    static func show(_ lines: [(String, Double)], json: Bool) {
        func text(_ value: Double) -> String {
            value == value.rounded() && abs(value) < 1e12 ? String(Int64(value)) : String(format: "%.4f", value)
        }
        if json {
            Console.json { writer in
                writer.object { writer in
                    for (name, value) in lines {
                        writer.key(name)
                        writer.value(.number(text(value)))
                    }
                }
            }
        } else {
            Console.table(lines.map { [$0.0, text($0.1)] })
        }
    }
}
