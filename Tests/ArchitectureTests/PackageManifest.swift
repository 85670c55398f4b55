/// What `Package.swift` says of its targets, read as text: the manifest cannot be evaluated from inside a test.
struct PackageManifest {
    /// Dependencies of every target that is not a test, by name: modules of ours and products of packages.
    let dependencies: [String: Set<String>]

    init(text: String) {
        var products: [String: String] = [:]
        for match in text.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/) {
            products[String(match.1)] = String(match.2)
        }
        var dependencies: [String: Set<String>] = [:]
        for match in text.matches(of: /\b(?:module|executable)\(\s*"([\w-]+)"\s*(?:,\s*\[([^\]]*)\])?/) {
            dependencies[String(match.1)] = Self.names(in: match.2 ?? "", products: products)
        }
        for match in text.matches(of: /systemLibrary\("(\w+)"/) { dependencies[String(match.1)] = [] }
        for match in text.matches(of: /\.target\(\s*name: "(\w+)"[,)]/) where String(match.1).hasPrefix("C") {
            dependencies[String(match.1)] = []
        }
        self.dependencies = dependencies
    }

    private static func names(in list: Substring, products: [String: String]) -> Set<String> {
        Set(
            list.matches(of: /"([\w-]+)"|(\w+)/).map { match in
                if let ours = match.1 { return String(ours) }
                let name = String(match.2 ?? "")
                return products[name] ?? name
            })
    }
}
