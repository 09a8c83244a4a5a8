/** The one-file build of ECharts loads ten times faster than its index; its types are those of the package. */
declare module 'echarts/dist/echarts.esm.min' {
  export * from 'echarts'
}
