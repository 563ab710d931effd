import Values
import WebServer

/// Where a worker answers whoever watches over it: `HOST:PORT`, or the port alone for this machine alone.
struct FigureAddress: Equatable {
    let host: String
    let port: Int

    init?(_ text: String) {
        let colon = text.lastIndex(of: ":")
        let number = colon.map { String(text[text.index(after: $0)...]) } ?? text
        guard let port = UInt16(number) else { return nil }
        var host = colon.map { String(text[..<$0]) } ?? ""
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            // Where the address ends and the port begins nobody could say.
            return nil
        }
        self.host = host.isEmpty ? "127.0.0.1" : host
        self.port = Int(port)
    }

    /// The settings of a server that answers there, with figures and nothing else; who may see them is as with others.
    func settings(_ settings: Settings) throws -> ServerSettings {
        var served = try ServerSettings(settings)
        (served.host, served.port, served.onlyFigures) = (host, port, true)
        return served
    }

    /// Says where the figures are, once they are.
    static func announce(_ served: ServerSettings, _ port: Int) {
        let scheme = served.certificate == nil ? "http" : "https"
        let address = "\(scheme)://\(bracketed(served.host)):\(port)/metrics"
        let text = Label("Figures for Prometheus are at \(address).", zh: "Prometheus 指标地址：\(address)。")
        Console.now(text.text(Console.language))
    }

    /// The option that sets the port of a server, up to the number.
    static func option(_ served: ServerSettings) -> String {
        served.onlyFigures ? "--metrics \(bracketed(served.host)):" : "--port "
    }

    private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
