import CZlib
import Exchange
import Foundation
import Values

/// The four files of the Maven data set, read whole: together they are less than a megabyte.
struct MavenFiles {
    /// A row by the names of its columns.
    typealias Row = [String: String]

    let accounts: [Row]
    let products: [Row]
    let teams: [Row]
    let pipeline: [Row]

    /// Reads the folder; the pipeline may be compressed. Throws `file_missing` with the name of a file that is not there.
    init(folder: String) throws {
        func path(_ name: String) throws -> String {
            let path = folder + "/" + name
            guard FileManager.default.fileExists(atPath: path) else {
                throw Problem(
                    .invalid,
                    "file_missing",
                    Label("There is no file \(name) in this folder.", zh: "该文件夹中没有文件 \(name)。")
                )
            }
            return path
        }
        accounts = try MavenFiles.rows(try path("accounts.csv"))
        products = try MavenFiles.rows(try path("products.csv"))
        teams = try MavenFiles.rows(try path("sales_teams.csv"))
        if FileManager.default.fileExists(atPath: folder + "/sales_pipeline.csv") {
            pipeline = try MavenFiles.rows(folder + "/sales_pipeline.csv")
        } else {
            pipeline = try MavenFiles.unpacked(try path("sales_pipeline.csv.gz")) { try MavenFiles.rows($0) }
        }
    }

    private static func rows(_ path: String) throws -> [Row] {
        let reader = try CSVReader(path, try CSVFormat.detect(path))
        guard let header = try reader.next()?.cells else { return [] }
        var rows: [Row] = []
        while let row = try reader.next() {
            rows.append(Dictionary(zip(header, row.cells), uniquingKeysWith: { first, _ in first }))
        }
        return rows
    }

    /// Unpacks a file beside the others that are temporary, for as long as `body` runs.
    private static func unpacked<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
        let target = FileManager.default.temporaryDirectory.appendingPathComponent("kehu-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: target) }
        try bytes(path).write(to: target)
        return try body(target.path)
    }

    private static func bytes(_ path: String) throws -> Data {
        let file = gzopen(path, "rb")
        defer { gzclose(file) }
        var (bytes, part) = (Data(), [UInt8](repeating: 0, count: 65_536))
        while file != nil {
            let count = gzread(file, &part, UInt32(part.count))
            if count == 0 { return bytes }
            if count < 0 { break }
            bytes += part[..<Int(count)]
        }
        throw Problem(.invalid, "not_gzip", Label("The file cannot be unpacked: \(path).", zh: "文件无法解压：\(path)。"))
    }
}
