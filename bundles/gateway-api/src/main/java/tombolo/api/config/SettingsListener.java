package tombolo.api.config;

/**
 * Told of every change of settings; registered as an OSGi service (whiteboard). Called on gateway-config's thread, first with what is in force when
 * listener and configuration meet, then after each change, in order. Must only hand over to its own Loop and return.
 */
public interface SettingsListener {
    void settingsChanged(Settings settings);
}
