import Testing
import Values
import WebServer

@testable import App

/// Where a worker tells its figures.
@Suite struct FigureAddressTests {
    @Test(arguments: [
        ("127.0.0.1:9100", "127.0.0.1", 9100), ("9100", "127.0.0.1", 9100), (":9100", "127.0.0.1", 9100),
        ("0.0.0.0:0", "0.0.0.0", 0), ("worker1:65535", "worker1", 65_535), ("[::1]:9100", "::1", 9100),
    ])
    func `an address is a host and a port, or the port alone`(_ text: String, _ host: String, _ port: Int) throws {
        let address = try #require(FigureAddress(text))
        #expect(address.host == host && address.port == port)
        let served = try address.settings(Settings(environment: [:]))
        #expect(served.host == host && served.port == port && served.onlyFigures)
    }

    @Test(arguments: ["", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:9100", "h:9100/metrics"])
    func `what is none is refused`(_ text: String) {
        #expect(FigureAddress(text) == nil)
    }

    @Test func `what to do about a port that is taken names the option that sets it`() throws {
        var served = ServerSettings()
        #expect(FigureAddress.option(served) == "--port ")
        served = try #require(FigureAddress("[::1]:9100")).settings(Settings(environment: [:]))
        #expect(FigureAddress.option(served) == "--metrics [::1]:")
    }
}
