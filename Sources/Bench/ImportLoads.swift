/// The imports that are wanted, one after the other.
struct ImportLoads {
    let options: BenchOptions
    let endpoint: Endpoint
    let meter: ProcessMeter
    let say: @Sendable (String) -> Void

    func measure(_ mix: RequestMix) throws -> [ImportFigures] {
        let (first, rows) = (mix.set.customers, options.importRows)
        var figures: [ImportFigures] = []
        if options.wants("W7") { figures.append(try load(mix, "b").alone(first..<(first + rows))) }
        if options.wants("W7b") { figures.append(try load(mix, "b").amongOthers((first + rows)..<(first + 2 * rows))) }
        if options.wants("W7u"), let last = figures.last {
            figures.append(try load(mix, "u").takenBack(last.id, rows: last.rows))
        }
        for figure in figures { say("\(figure.workload): \(rounded(figure.perSecond, 0)) rows/s") }
        return figures
    }

    // Each has people of its own, who make customers of other names.
    private func load(_ mix: RequestMix, _ run: String) -> ImportLoad {
        var mix = mix
        mix.run += run
        return ImportLoad(
            endpoint: endpoint,
            meter: meter,
            mix: mix,
            file: options.directory + "/import.csv",
            pause: options.pause
        )
    }
}
