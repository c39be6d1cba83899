package import Hummingbird
package import Logging

/// What a control-plane route knows besides its request.
package struct ControlContext: RequestContext {
    package struct Source: RequestContextSource {
        package var logger: Logger

        package init(logger: Logger) {
            self.logger = logger
        }
    }

    package var coreContext: CoreRequestContextStorage

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
